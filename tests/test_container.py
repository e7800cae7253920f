"""The Dockerfiles, the development container and Binder: what can be built here is, and the rest is read closely."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from student_machine import assert_installed

from classroom.staff.doctor import examine_image

ROOT = Path(__file__).parents[1]
DOCKERFILES = [ROOT / "Dockerfile", ROOT / ".devcontainer" / "Dockerfile"]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
KNOWN = {"FROM", "RUN", "WORKDIR", "COPY", "ENTRYPOINT", "CMD"}


def instructions(path):
    """Return the instructions of a Dockerfile: (word, rest), lines that go on joined."""
    text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], " ".join(line.split()[1:])) for line in lines if line.strip()]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_dockerfile_keeps_to_the_rules_that_linters_have(path):
    told = instructions(path)
    assert told[0][0] == "FROM" and {word for word, _ in told} <= KNOWN
    assert re.fullmatch(r"python:3\.1[123](-slim)?-bookworm", told[0][1]), "a pinned version of a promised Python"
    for _, command in (one for one in told if one[0] == "RUN" and "apt-get" in one[1]):
        assert command.startswith("apt-get update && apt-get install --yes --no-install-recommends ")
        assert command.endswith("&& rm -rf /var/lib/apt/lists/*")
        packages = command.split("--no-install-recommends ")[1].split(" &&")[0].split()
        assert packages == sorted(packages) and {"bubblewrap", "libseccomp2"} <= set(packages)
    for word, rest in told:
        assert word not in ("CMD", "ENTRYPOINT") or isinstance(json.loads(rest), list), "in exec form: signals arrive"
        assert word != "WORKDIR" or rest.startswith("/")
        assert "pip install" not in rest or "--no-cache-dir" in rest


@pytest.mark.slow
def test_the_packages_of_the_dockerfiles_exist_in_debian():
    known = set()
    if shutil.which("apt-cache"):
        listed = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, errors="replace").stdout
        known = set(re.findall(r"^Package: (\S+)", listed, re.MULTILINE))
    if not known:
        pytest.skip("apt has no list of packages here: apt-get update")
    runs = [rest for path in DOCKERFILES for _, rest in instructions(path)]
    named = {name for rest in runs for name in re.findall(r"(?<=recommends ).*?(?= &&)", rest)}
    assert named and {word for names in named for word in names.split()} <= known


def test_the_grader_installs_an_extra_that_exists_and_ends_with_doctor():
    told = instructions(ROOT / "Dockerfile")
    (install,) = (rest for word, rest in told if word == "RUN" and "pip install" in rest)
    assert re.search(r"'\.\[(\w+)\]'", install)[1] in EXTRAS
    assert told.index(("COPY", ". .")) < told.index(("RUN", install)) < told.index(("RUN", "classroom doctor --image"))
    assert ("ENTRYPOINT", '["classroom"]') in told


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """What Docker would be sent: the files of the repository without those that .dockerignore names."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: what else lies here is not told from the course")
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    ignored = {line.removeprefix("**/") for line in lines if not line.startswith("#")}
    committed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folder = tmp_path_factory.mktemp("context")
    for name in filter(None, committed.split("\0")):
        above = {parent.as_posix() for parent in (Path(name), *Path(name).parents)} | set(Path(name).parts)
        if not ignored & above:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_what_a_dockerfile_copies_is_there(context):
    for path in DOCKERFILES:
        sources = [source for word, rest in instructions(path) if word == "COPY" for source in rest.split()[:-1]]
        assert [source for source in sources if not (context / source).exists()] == []
    assert not list(context.glob("class/*")) and (context / "solutions").is_dir() and (context / "assignments").is_dir()


@pytest.mark.slow
def test_from_what_is_copied_the_package_can_be_built_and_what_is_run_then_ends_well(context, tmp_path):
    """The steps of the grader's image, on this machine: an editable install, whose parts are here, and the doctor."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable"]
    ended = subprocess.run([*command, context, "--target", tmp_path], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    (installed,) = tmp_path.glob("*.pth")
    assert installed.read_text().strip() == str(context)
    commands = [rest for word, rest in instructions(ROOT / "Dockerfile") if word == "RUN"]
    environment = {**os.environ, "PYTHONPATH": str(context)}
    run = [sys.executable, "-m", *commands[-1].split()]
    looked = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert looked.returncode == 0 and looked.stdout.endswith("what grading needs is installed\n"), looked.stdout


def test_no_class_and_no_secret_goes_into_an_image():
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert {"class", ".git", ".venv"} <= ignored


def test_what_an_image_holds_is_looked_at_apart_from_what_its_host_allows():
    looked = {finding.what for finding in examine_image()}
    assert {"bubblewrap", "seccomp", "in the sandbox"} <= looked and not {"sandbox", "gradebook", "course"} & looked


def test_the_development_container_builds_what_is_there_and_calls_targets_that_exist():
    folder = ROOT / ".devcontainer"
    said = json.loads((folder / "devcontainer.json").read_text(encoding="utf-8"))
    assert (folder / said["build"]["dockerfile"]).is_file() and (folder / said["build"]["context"]).resolve() == ROOT
    command = said["postCreateCommand"].split()
    assert command[0] == "make"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    assert all(re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE) for target in command[1:])


def test_the_development_container_and_the_guide_give_the_options_that_bubblewrap_needs():
    said = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))["runArgs"]
    assert said == ["--security-opt", "seccomp=unconfined", "--security-opt", "systempaths=unconfined"]
    guide = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    runs = re.findall(r"^docker run (.*) layerwise (?:doctor|grade)\b", guide, re.MULTILINE)
    assert len(runs) >= 2 and all(" ".join(said) in line for line in runs)


@pytest.mark.slow
def test_binders_packages_can_be_installed_together(tmp_path):
    lines = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "--editable .[lab]" and "lab" in EXTRAS
    version = (ROOT / ".binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-build-isolation"]
    ended = subprocess.run(
        [*command, "-r", ".binder/requirements.txt"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert_installed(ended)
    assert f'"Programming Language :: Python :: {version}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_docker_builds_the_grader():
    if shutil.which("docker") is None or subprocess.run(["docker", "info"], capture_output=True).returncode:
        pytest.skip("no Docker runs here")
    pulled = subprocess.run(["docker", "pull", "--quiet", instructions(ROOT / "Dockerfile")[0][1]], capture_output=True)
    if pulled.returncode:
        pytest.skip("the base image cannot be fetched here")
    built = subprocess.run(["docker", "build", "--quiet", "."], cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
