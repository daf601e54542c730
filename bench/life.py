"""`bench life`: whole dossier lives over HTTP, one after the other, with production's settings."""

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from random import Random

import django

from bench import database, inside, output
from bench.processes import System, spent

CHUNK = 50


def run(options: argparse.Namespace) -> int:
    """Measure; 1 when a row of the evidence is missing."""
    output.say("Making the database …")
    url = os.environ["DATABASE_URL"] = database.fresh("motcua_bench_life")
    django.setup()
    from bench.world import World

    system = System(url)
    system.start()
    try:
        world = World(system.address, options.code)
        bench = Bench(system, world)
        bench.warm_up()
        bench.measure(options.n)
        bench.prints(min(40, options.n))
        bench.browser(min(20, options.n))
        if options.layers:
            bench.table()
        return bench.check()
    finally:
        system.stop()


class Bench:
    """The lives driven so far and what they took."""

    def __init__(self, system: System, world: "World") -> None:  # type: ignore[name-defined]  # noqa: F821
        self.system, self.world = system, world
        self.lives = 0
        self.posts: Counter[str] = Counter()
        self.cpu: dict[str, float] = {}
        self.measured = 0
        self.done: list[str] = []

    def warm_up(self) -> None:
        """The first requests fill caches and compile templates in every web process."""
        output.say("Warming up …")
        for _ in range(12):
            self._whole(self.world.life())
        self.system.settle()

    def measure(self, n: int) -> None:
        """Drafts are filled in and dossiers driven in turns, so that each half's processor time is known."""
        output.say(f"{n} lives …")
        seconds: dict[str, list[float]] = defaultdict(list)
        filling, acts = Counter[str](), Counter[str]()
        halves: dict[str, list[float]] = {"filling": [], "acts": []}
        for first in range(0, n, CHUNK):
            lives = [self.world.life() for _ in range(min(CHUNK, n - first))]
            filling.update(self._part(lives, lambda life: life.prepare()))
            before = [len(life.posts) for life in lives]
            acts.update(self._part(lives, self.world.acts))
            for life, count in zip(lives, before, strict=True):
                halves["filling"].append(sum(act.seconds for act in life.posts[:count]))
                halves["acts"].append(sum(act.seconds for act in life.posts[count:]))
                for act in life.posts:
                    seconds[act.what].append(act.seconds)
                self._note(life)
            output.say(f"  {first + len(lives)} of {n}")
        self.cpu, self.measured = dict(filling + acts), n
        sql = self.world.statements()
        whole = [sum(pair) for pair in zip(halves["filling"], halves["acts"], strict=True)]
        rss = self.system.rss_mb()
        per = lambda cpu: {name: round(value / n * 1000, 1) for name, value in cpu.items()}  # noqa: E731
        output.line("life", whole, cpu=sum(self.cpu.values()), sql=sql["life"], rss_mb=rss, cpu_by=per(self.cpu))
        output.line(
            "life.filling", halves["filling"], cpu=sum(filling.values()), sql=sql["filling"], rss_mb=rss,
            posts=sql["filling_posts"], cpu_by=per(filling),
        )  # fmt: skip
        output.line(
            "life.acts", halves["acts"], cpu=sum(acts.values()), sql=sql["acts"], rss_mb=rss, posts=sql["acts_posts"],
            cpu_by=per(acts),
        )  # fmt: skip
        for what, values in seconds.items():
            output.line(f"post {what}", values, sql=sql["by"].get(what))

    def _part(self, lives: "list[Life]", work: "Callable[[Life], None]") -> dict[str, float]:  # type: ignore[name-defined]  # noqa: F821
        before = self.system.cpu()
        for life in lives:
            work(life)
        self.system.settle()
        return spent(before, self.system.cpu())

    def _whole(self, life: "Life") -> None:  # type: ignore[name-defined]  # noqa: F821
        life.prepare()
        self.world.acts(life)
        self._note(life)

    def _note(self, life: "Life") -> None:  # type: ignore[name-defined]  # noqa: F821
        self.lives += 1
        self.posts.update(act.what for act in life.posts)
        self.done.append(str(life.dossier_id))

    def prints(self, n: int) -> None:
        """The receipt slip, made at first view."""
        before, seconds = self.system.cpu(), []
        for dossier_id in self.done[-n:]:
            seconds.append(self.world.print_slip(dossier_id))
        self.system.settle()
        output.line("print", seconds, cpu=sum(spent(before, self.system.cpu()).values()), rss_mb=self.system.rss_mb())

    def browser(self, n: int) -> None:
        """Every page opened before its form is sent, and the one it leads to."""
        before, seconds = self.system.cpu(), []
        for _ in range(n):
            started = datetime.now()  # noqa: DTZ005 - a stretch of time, no moment
            self._whole(self.world.life(looks=True))
            seconds.append((datetime.now() - started).total_seconds())  # noqa: DTZ005
        self.system.settle()
        output.line("browser", seconds, cpu=sum(spent(before, self.system.cpu()).values()), rss_mb=self.system.rss_mb())

    def table(self) -> None:
        """Processor time of a life by layer: measured by part, the web's own share out by a profile."""
        shares = inside.layers(self.world.inside_life)
        web = self.cpu.get("web", 0.0) / self.measured * 1000
        output.say("\nProcessor time of one life by layer")
        for name, share in shares.items():
            output.say(f"  web: {name:<24} {web * share:7.1f} ms")
        for name in ("worker", "relay", "database"):
            output.say(f"  {name:<29} {self.cpu.get(name, 0.0) / self.measured * 1000:7.1f} ms")
        output.say(f"  {'together':<29} {sum(self.cpu.values()) / self.measured * 1000:7.1f} ms\n")

    def check(self) -> int:
        """Count the evidence: every act of every life has its audit row and its event."""
        missing = self.world.missing(self.lives, self.posts)
        for sentence in missing:
            output.say(f"MISSING: {sentence}")
        if not missing:
            output.say(f"Every audit row and event of {self.lives} lives is there.")
        return 1 if missing else 0


def random_for(name: str) -> Random:
    """Chance that is the same in every run."""
    return Random(name)  # noqa: S311 - invented answers, not secrets
