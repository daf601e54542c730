"""A handful of feedback cases in every state, by the services, at passed working times."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from motcua.doors.demo import timing
from motcua.doors.demo.people import Cast
from motcua.dossiers import queries as dossiers
from motcua.kernel.actor import ANONYMOUS, Actor, Role
from motcua.kernel.models import Act
from motcua.places import queries as places
from motcua.places.calendar import WorkingCalendar
from motcua.support import services as support
from motcua.support.enums import About, Kind
from motcua.support.models import Feedback
from motcua.support.rules import Sent

WARD, WARD_CENTRE, JUSTICE = "H49.106", "H49.106.01", "H49.04"
DAY = 480  # working minutes


@dataclass(frozen=True, slots=True)
class Stage:
    """What the stories stand on: who acts, and what time it is."""

    cast: Cast
    calendar: WorkingCalendar
    now: datetime

    def ago(self, minutes: int) -> datetime:
        """A working moment at least so many working minutes back."""
        for moment in timing.desk_moments(self.calendar, self.now):
            if self.calendar.minutes_between(moment, self.now) >= minutes:
                return moment
        raise LookupError("The demo's past does not reach that far back.")

    def desk(self, agency: str, role: Role) -> Actor:
        """Somebody at the desk of an agency."""
        return self.cast.on_desk(places.agency(agency).pk, role)

    def send(self, story: "Story") -> Feedback:
        """The case as it arrived."""
        actor = self.cast.actor(story.who) if story.who else ANONYMOUS
        code = _own_dossier(actor) if story.about is About.DOSSIER else ""
        kind = Kind.COMPLAINT if story.is_complaint and code else Kind.FEEDBACK
        sent = Sent(
            kind=kind, about=story.about, subject=story.subject, text=story.text,
            agency_id=places.agency(story.agency).pk if story.agency else None, dossier_code=code,
            name="" if story.who else "Hoàng Văn Thử", phone="" if story.who else "0900000123",
            may_publish=story.may_publish,
        )  # fmt: skip
        return support.send(sent=sent, actor=actor, now=self.ago(story.ago), key=story.key)


@dataclass(frozen=True, slots=True)
class Story:
    """One case: who writes what about whom, how long ago, and what happened since."""

    number: int
    who: str
    about: About
    agency: str
    ago: int  # working minutes
    subject: str
    text: str
    then: Callable[[Stage, Feedback], None] | None = None
    may_publish: bool = False
    is_complaint: bool = False

    @property
    def key(self) -> UUID:
        """The key of its form: the same in every run."""
        return uuid5(NAMESPACE_URL, f"motcua demo feedback {self.number}")


def drive(cast: Cast, now: datetime) -> int:
    """Send and handle the cases the database does not know yet; answers how many."""
    stage, count = Stage(cast, places.working_calendar(), now), 0
    known = set(Act.objects.filter(key__in=[story.key for story in stories()]).values_list("key", flat=True))
    for story in stories():
        if story.key not in known:
            case = stage.send(story)
            if story.then:
                story.then(stage, case)
            count += 1
    return count


def _own_dossier(actor: Actor) -> str:
    rows = dossiers.own_dossiers(actor, is_open=True).rows
    return next((row.shown_code for row in rows if row.competent_agency.code == WARD), "")


def _answered(stage: Stage, case: Feedback, words: str) -> None:
    leader = stage.desk(WARD_CENTRE, Role.LEADER)
    start = stage.calendar.add_minutes(case.received_at, 200)
    support.take_up(feedback_id=case.pk, actor=stage.desk(WARD_CENTRE, Role.RECEPTION), now=start)
    until = min(stage.now, stage.calendar.add_minutes(start, 4 * DAY))
    support.answer(feedback_id=case.pk, text=words, actor=leader, now=until)


def _queue(stage: Stage, case: Feedback) -> None:
    answer = (
        "Trung tâm đã kiểm tra nhật ký: sáng hôm đó máy lấy số hỏng từ 7 giờ 40 đến 9 giờ 50, nhân viên gọi theo danh "
        "sách giấy nên có người bị bỏ sót. Máy đã được thay; từ nay khi máy hỏng, mỗi người nhận phiếu số viết tay. "
        "Trung tâm xin lỗi ông/bà."
    )
    _answered(stage, case, answer)
    at = stage.calendar.add_minutes(stage.ago(5 * DAY), 60)
    support.publish(
        feedback_id=case.pk, subject=case.subject, text=case.text, answer=answer,
        actor=stage.desk(WARD_CENTRE, Role.RECEPTION), now=at,
    )  # fmt: skip
    citizen = stage.cast.actor("le.thi.mai")
    support.rate(feedback_id=case.pk, is_liked=True, opinion="Đã hết phải chờ.", actor=citizen, now=stage.ago(4 * DAY))


def _to_publish(stage: Stage, case: Feedback) -> None:
    _answered(
        stage, case,
        "Bản chụp căn cước chỉ cần với thủ tục chưa kết nối cơ sở dữ liệu dân cư. Với đăng ký khai sinh, cán bộ không "
        "được yêu cầu bản chụp; Trung tâm đã nhắc nhở bộ phận tiếp nhận và trả lại bản chụp đã thu.",
    )  # fmt: skip


def _passed_on(stage: Stage, case: Feedback) -> None:
    at = stage.calendar.add_minutes(case.received_at, 300)
    support.transfer(
        feedback_id=case.pk, agency_id=places.agency(JUSTICE).pk, actor=stage.desk(WARD, Role.LEADER), now=at,
        reason="Nội dung kiến nghị thuộc thẩm quyền tham mưu của Sở Tư pháp.",
    )  # fmt: skip
    later = stage.calendar.add_minutes(at, 200)
    support.take_up(feedback_id=case.pk, actor=stage.desk(JUSTICE, Role.HEAD), now=later)


def _taken_up(stage: Stage, case: Feedback) -> None:
    at = stage.calendar.add_minutes(case.received_at, 120)
    support.take_up(feedback_id=case.pk, actor=stage.desk(WARD, Role.HEAD), now=at)


def _asked(stage: Stage, case: Feedback) -> None:
    at = stage.calendar.add_minutes(case.received_at, 240)
    support.ask(
        feedback_id=case.pk, what="Xin cho biết ngày, giờ và số quầy để Trung tâm xem lại camera.",
        actor=stage.desk(WARD_CENTRE, Role.RECEPTION), now=at,
    )  # fmt: skip


def _refused(stage: Stage, case: Feedback) -> None:
    at = stage.calendar.add_minutes(case.received_at, 400)
    support.refuse(
        feedback_id=case.pk, actor=stage.desk(WARD_CENTRE, Role.LEADER), now=at,
        reason="Việc tranh chấp ranh giới đất giữa hai hộ do Tòa án giải quyết, Trung tâm không có thẩm quyền.",
    )  # fmt: skip


def stories() -> Iterator[Story]:
    """The cases: answered, to publish, passed on, about to be late, late, waiting, refused, new."""
    yield Story(
        1, "le.thi.mai", About.CONDUCT, WARD_CENTRE, 11 * DAY, "Chờ hơn hai giờ ở quầy số 2",
        "Tôi đến quầy số 2 lúc 8 giờ sáng, chờ hơn hai giờ mà không được gọi số, người đến sau được gọi trước. "
        "Đề nghị Trung tâm sửa máy gọi số.", _queue, may_publish=True,
    )  # fmt: skip
    yield Story(
        2, "nguyen.thu.ha", About.CONDUCT, WARD_CENTRE, 5 * DAY, "Vẫn bị yêu cầu nộp bản chụp căn cước",
        "Tôi là Nguyễn Thu Hà, số điện thoại 0900 000 001. Khi đăng ký khai sinh cho con, tôi vẫn bị yêu cầu nộp bản "
        "chụp căn cước dù hệ thống đã có thông tin. Xin hỏi yêu cầu này có đúng không?", _to_publish, may_publish=True,
    )  # fmt: skip
    yield Story(
        3, "tran.van.hung", About.RULE, WARD, 3 * DAY, "Bỏ yêu cầu hai bản sao trong hồ sơ chứng thực",
        "Quy định yêu cầu nộp hai bản sao là không cần thiết khi đã có bản điện tử. Kiến nghị sửa quy định.",
        _passed_on, may_publish=True,
    )  # fmt: skip
    yield Story(
        4, "nguyen.thu.ha", About.DOSSIER, "", 14 * DAY + 200, "Hồ sơ của tôi chưa thấy chuyển bước",
        "Đã nhiều ngày hồ sơ của tôi vẫn ở một bước, tôi không biết cần làm gì thêm. Đề nghị cho biết lý do.",
        _taken_up,
    )  # fmt: skip
    yield Story(
        5, "tran.van.hung", About.CONDUCT, WARD_CENTRE, 3 * DAY, "Không có chỗ để xe lăn ở lối vào",
        "Lối vào Trung tâm có ba bậc thềm, mẹ tôi đi xe lăn không vào được, phải nhờ hai người khiêng.",
    )  # fmt: skip
    yield Story(
        6, "", About.CONDUCT, WARD_CENTRE, 2 * DAY, "Cán bộ trả lời chưa rõ ràng",
        "Tôi hỏi về thủ tục đăng ký hộ kinh doanh nhưng cán bộ chỉ nói về xem trên mạng, không hướng dẫn gì thêm.",
        _asked,
    )  # fmt: skip
    yield Story(
        7, "le.thi.mai", About.CONDUCT, WARD_CENTRE, 8 * DAY, "Tranh chấp ranh giới đất với nhà bên",
        "Nhà bên xây tường lấn sang đất nhà tôi khoảng hai mươi phân. Đề nghị Trung tâm buộc họ dỡ tường.", _refused,
    )  # fmt: skip
    yield Story(
        9, "nguyen.thu.ha", About.DOSSIER, "", 2 * DAY, "Khiếu nại việc yêu cầu thêm giấy tờ ngoài quy định",
        "Cán bộ yêu cầu tôi nộp thêm giấy xác nhận nơi ở dù thủ tục không quy định. Đề nghị xem xét lại.", _taken_up,
        is_complaint=True,
    )  # fmt: skip
    yield Story(
        8, "tran.van.hung", About.SYSTEM, "", 120, "Trang thanh toán báo lỗi sau khi đã trừ tiền",
        "Chiều nay tôi nộp lệ phí trực tuyến, ngân hàng đã trừ tiền nhưng trang báo lỗi và hồ sơ vẫn ghi chưa nộp.",
        may_publish=True,
    )  # fmt: skip
