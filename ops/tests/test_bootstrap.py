"""The way from a bare Python to a whole environment, without a network: what is refused, kept and begun again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops import bootstrap, paths


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements").mkdir()
    for name in ("base", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def environment(clone: Path) -> Path:
    folder = clone / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.2\n")
    return folder


def stamp(folder: Path, name: str) -> None:
    bootstrap.stamp_of(folder, name).write_text(bootstrap._expected(folder, name))


def test_a_stamped_environment_needs_nothing(environment: Path) -> None:
    assert not bootstrap.is_current(environment, "base")
    stamp(environment, "base")
    assert bootstrap.is_current(environment, "base")
    assert not bootstrap.is_current(environment, "dev")


def test_the_dev_environment_serves_the_demo_too(environment: Path) -> None:
    stamp(environment, "dev")
    assert bootstrap.is_current(environment, "base")


def test_another_lock_file_or_another_python_means_work(environment: Path, clone: Path) -> None:
    stamp(environment, "base")
    (environment / "pyvenv.cfg").write_text("version = 3.12.0\n")
    assert not bootstrap.is_current(environment, "base")
    stamp(environment, "base")
    (clone / "requirements" / "base.txt").write_text("base==2\n")
    assert not bootstrap.is_current(environment, "base")


def test_an_interrupted_installation_is_begun_again_from_nothing(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(environment, "base")
    (environment / bootstrap.MARK).touch()
    (environment / "half-a-package").touch()
    assert not bootstrap.is_current(environment, "base")
    made = []
    monkeypatch.setattr(bootstrap, "make_environment", made.append)
    monkeypatch.setattr(bootstrap, "install", lambda folder, name: made.append(name))
    bootstrap._build(environment, "base")
    assert made == [environment, "base"]
    assert not environment.exists()


def test_a_failed_installation_says_what_to_do_and_leaves_the_mark(
    environment: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (environment / "bin" / "python").unlink()
    program = environment / "bin" / "python"
    program.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(SystemExit):
        bootstrap.install(environment, "base")
    assert "start again" in capfd.readouterr().err
    assert (environment / bootstrap.MARK).exists()
    assert not bootstrap.stamp_of(environment, "base").exists()


def test_installation_is_by_hash_and_from_wheels_only(environment: Path) -> None:
    program = environment / "bin" / "python"
    program.unlink()
    program.write_text(f'#!/bin/sh\necho "$@" > {environment}/words\n')
    program.chmod(0o755)
    bootstrap.install(environment, "base")
    words = (environment / "words").read_text()
    assert "--require-hashes" in words
    assert "--only-binary :all:" in words
    assert bootstrap.is_current(environment, "base")


@pytest.mark.parametrize("version", [(3, 10, 2), (3, 14, 0), (2, 7, 18)])
def test_another_python_is_refused_in_a_sentence(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as end:
        bootstrap.check_python()
    assert end.value.code == 1
    assert f"this is {'.'.join(map(str, version))}" in capsys.readouterr().err


def test_a_clone_that_may_not_be_written_to_needs_a_data_folder(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setenv("MOTCUA_DATA", str(clone / "elsewhere"))
    assert bootstrap.environment_folder() == clone / "elsewhere" / "venv"
    monkeypatch.delenv("MOTCUA_DATA")
    with pytest.raises(SystemExit):
        bootstrap.environment_folder()
    assert "MOTCUA_DATA" in capsys.readouterr().err


def wrapper(path: str, root: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "HOME": str(root)}
    return subprocess.run(
        ["/bin/bash", str(root / "bin" / "_with"), "base", "module"], env=environment, capture_output=True, text=True
    )


@pytest.fixture
def wrapped(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "ops").mkdir()
    (tmp_path / "tools").mkdir()
    (tmp_path / "bin" / "_with").write_text((paths.ROOT / "bin" / "_with").read_text())
    (tmp_path / "ops" / "bootstrap.py").write_text("import sys; print(sys.argv[1:], sys.version_info[:2])\n")
    (tmp_path / "tools" / "dirname").symlink_to("/usr/bin/dirname")
    return tmp_path


def test_the_wrapper_refuses_when_no_python_fits(wrapped: Path) -> None:
    old = wrapped / "tools" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = wrapper(str(wrapped / "tools"), wrapped)
    assert done.returncode == 1
    assert "3.11, 3.12 or 3.13" in done.stderr


def test_the_wrapper_passes_over_a_python_that_does_not_fit(wrapped: Path) -> None:
    old = wrapped / "tools" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (wrapped / "tools" / f"python{version}").symlink_to(sys._base_executable)  # type: ignore[attr-defined]
    done = wrapper(str(wrapped / "tools"), wrapped)
    assert done.stdout.strip() == f"['base', 'module'] {sys.version_info[:2]}"
