"""Damaged files of every kind, full disks, killed and competing processes: a clear error or the right result, nothing
lost, and never a crash."""

import os
import random
import resource
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest
from commands import DLC, INPUTS, is_root

SCALE = INPUTS / "scale.mlir"
# Forms of results, and what their files are called.
KINDS = {"exe": "m", "shared": "libm.so", "obj": "m.o", "package": "m.dlc", "bytecode": "m.mlirbc", "asm": "m.s"}


def judge(result: subprocess.CompletedProcess):
    """Success, or a failure that says so: no crash, and no line that is neither."""
    assert result.returncode in (0, 1), (result.returncode, result.stderr)
    assert (result.returncode == 1) == (b"error: " in result.stderr), result.stderr
    assert result.stderr == b"" or result.stderr.startswith((b"error: ", b"warning: ")), result.stderr


def damage(whole: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, most often near the start, where the tables are; sometimes cut, too."""
    damaged = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        bound = chance.choice([64, 512, len(damaged)])
        damaged[chance.randrange(min(bound, len(damaged)))] = chance.choice([0, 1, 0x7F, 0xFF, chance.randrange(256)])
    return bytes(damaged[: chance.randrange(len(damaged))] if chance.random() < 0.2 else damaged)


@pytest.mark.parametrize("kind", ["npy", "text", "bytecode", "package", "cache", "exe", "shared", "obj"])
def test_damaged_files(cli, scale_inputs, kind):
    chance = random.Random(kind)
    run = [DLC, "run", "model", *scale_inputs]
    if kind == "npy":
        path, command = cli.folder / "x.npy", [DLC, "run", SCALE, *scale_inputs]
    elif kind == "text":
        path, command = cli.folder / "model", run
        shutil.copy(SCALE, path)
    elif kind == "cache":
        cli.run("run", SCALE, *scale_inputs)
        path = next((cli.folder / "cache").rglob("*.program"))
        command = [DLC, "run", SCALE, *scale_inputs]
    else:
        path = cli.folder / ("model" if kind in ("bytecode", "package") else KINDS[kind])
        cli.run("compile", SCALE, f"--emit={kind}", "-o", path)
        command = run if path.name == "model" else [DLC, "inspect", path]
    whole = path.read_bytes()
    for _ in range(15):
        path.write_bytes(damage(whole, chance))
        judge(subprocess.run(command, cwd=cli.folder, env=cli.env, capture_output=True, timeout=60))


def test_bytecode_that_ends_its_reader(cli):
    """A find of random damage: counts for which MLIR's reader asks for more memory than its containers can have."""
    message = "counts.mlirbc: expected whole bytecode, but got some that cannot be read"
    for command in (["compile"], ["run"], ["explain"], ["grad", "--wrt", "x"]):
        assert message in cli.fail(*command[:1], INPUTS / "counts.mlirbc", *command[1:])


@pytest.mark.parametrize("content", ["folder", "nothing", "hole"])
def test_no_contents(cli, scale_inputs, content):
    path = cli.folder / "thing"
    if content == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"")
        if content == "hole":  # as large as files can be
            os.truncate(path, 2**42)
    for command in (
        ["run", path],
        ["compile", path],
        ["explain", path],
        ["inspect", path],
        ["grad", path, "--wrt", "x"],
    ):
        if content == "hole" and command[0] == "inspect":
            continue
        cli.run(*command, code=1)
    assert "thing" in cli.fail("run", SCALE, "--input", f"x={path}", *scale_inputs[2:])
    if content == "folder":
        assert "thing" in cli.fail("compile", SCALE, "--emit=exe", "-o", path)
        assert path.is_dir()
    else:
        assert "thing/y.npy" in cli.fail("run", SCALE, *scale_inputs, "--output-dir", path)


def test_declared_shapes_are_not_believed(cli, scale_inputs):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }"
    for shape, words in {
        b"1099511627776, 128": "expected",
        b"9223372036854775807, 9223372036854775807": "expected a shape that fits 60 bits",
        b"99999999999999999999,": "expected dimensions below 2^63",
        b"-1, 128": "expected",
        b"1, " * 17: "expected at most 16 dimensions",
    }.items():
        text = (header % shape).ljust(117) + b"\n"
        (cli.folder / "x.npy").write_bytes(b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text)
        line = cli.fail("run", SCALE, *scale_inputs)
        assert "x.npy" in line and words in line


def test_every_output_of_every_command_is_checked(cli, scale_inputs):
    cli.run("compile", SCALE, "--emit=package", "-o", "m.dlc")
    commands = [["compile", SCALE], ["compile", SCALE, "--emit=asm"], ["compile", SCALE, "--emit=bytecode"]]
    commands += [["explain", SCALE], ["explain", SCALE, "--json"], ["inspect", "m.dlc"], ["cache", "stats"], ["doctor"]]
    commands += [
        ["run", SCALE, *scale_inputs],
        ["grad", SCALE, "--wrt", "x"],
        ["--help"],
        ["run", "--help"],
        ["--version"],
    ]
    for command in commands:
        with open("/dev/full", "w") as full:
            result = subprocess.run(
                [DLC, *command], stdout=full, stderr=subprocess.PIPE, env=cli.env, cwd=cli.folder, text=True
            )
        assert (result.returncode, result.stderr) == (1, "error: cannot write to the standard output\n"), command


def with_small_files(limit: int):
    """Runs in the new process: writing a file beyond the limit fails, as on a full disk."""

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return limited


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_keeps_the_old_file(cli, kind):
    cli.run("compile", SCALE, f"--emit={kind}", "-o", KINDS[kind])
    before = {path.name: path.read_bytes() for path in cli.folder.iterdir() if path.is_file()}
    command = [DLC, "compile", SCALE, f"--emit={kind}", "-o", KINDS[kind], "--no-fuse"]
    result = subprocess.run(
        command, cwd=cli.folder, env=cli.env, capture_output=True, preexec_fn=with_small_files(64), text=True
    )
    assert result.returncode == 1 and result.stderr.startswith("error: cannot "), result.stderr
    assert result.stderr.count("\n") == 1 and "File too large" in result.stderr
    assert {path.name: path.read_bytes() for path in cli.folder.iterdir() if path.is_file()} == before


def test_a_full_disk_keeps_the_old_outputs(cli, scale_inputs):
    before = cli.outputs(SCALE, *scale_inputs)["y"]
    command = [DLC, "run", SCALE, *scale_inputs, "--output-dir", "outputs"]
    result = subprocess.run(
        command, cwd=cli.folder, env=cli.env, capture_output=True, preexec_fn=with_small_files(64), text=True
    )
    assert result.returncode == 1 and "error: cannot write 'outputs/y.npy': File too large" in result.stderr
    assert os.listdir(cli.folder / "outputs") == ["y.npy"]
    assert np.load(cli.folder / "outputs" / "y.npy").tobytes() == before.tobytes()


def test_devices_are_written_to_and_links_followed(cli):
    command = [DLC, "compile", SCALE, "--emit=exe", "-o", "/dev/stdout"]
    assert subprocess.run(command, env=cli.env, capture_output=True, check=True).stdout[:4] == b"\x7fELF"
    (cli.folder / "real").write_text("old")
    (cli.folder / "link").symlink_to("real")
    cli.run("compile", SCALE, "--emit=obj", "-o", "link")
    assert (cli.folder / "link").is_symlink() and (cli.folder / "real").read_bytes()[:4] == b"\x7fELF"
    if is_root():
        cli.run("compile", SCALE, "--emit=bytecode", "-o", "/dev/null")
        assert not os.path.isfile("/dev/null")
        assert "/dev/full" in cli.fail("compile", SCALE, "--emit=bytecode", "-o", "/dev/full")


def test_killed_while_it_writes(cli, scale_inputs):
    """Whenever it is killed, the file is the old or the new one, and the cache still serves."""
    expected = cli.outputs(SCALE, *scale_inputs)["y"].tobytes()
    cli.run("compile", SCALE, "--emit=exe", "-o", "m")
    whole = (cli.folder / "m").read_bytes()
    for i in range(12):
        shutil.rmtree(cli.folder / "cache")
        arguments = ["compile", SCALE, "--emit=exe", "-o", "m"] if i % 2 else ["run", SCALE, *scale_inputs]
        process = subprocess.Popen([DLC, *map(str, arguments)], cwd=cli.folder, env=cli.env, stdout=subprocess.DEVNULL)
        time.sleep(0.012 * (i + 1))
        process.kill()
        process.wait()
        assert (cli.folder / "m").read_bytes() == whole
        (cli.folder / "cache").mkdir(exist_ok=True)
        result = cli.run("run", SCALE, *scale_inputs, "--output-dir", ".")
        assert result.stderr == "" and np.load(cli.folder / "y.npy").tobytes() == expected


def test_many_processes_on_one_cache(cli, scale_inputs):
    command = [DLC, "run", SCALE, *scale_inputs]
    for _ in range(2):
        processes = [
            subprocess.Popen(command, cwd=cli.folder, env=cli.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(8)
        ]
        outcomes = {(*process.communicate(), process.returncode) for process in processes}
        assert len(outcomes) == 1 and next(iter(outcomes))[1:] == (b"", 0), outcomes
    assert "2 entries are whole, 0 damaged" in cli.run("cache", "verify").stdout
    assert list((cli.folder / "cache").rglob("*.tmp")) == []


def test_no_home(cli, scale_inputs):
    for env in ({"HOME": str(cli.folder / "none")}, {"HOME": "/dev/null"}, {"HOME": ""}):
        result = cli.run("run", SCALE, *scale_inputs, DLC_CACHE_DIR="", **env)
        assert result.stdout.startswith("y: f32[5, 128] =")
        assert result.stderr == "" or result.stderr.startswith("warning: ")
