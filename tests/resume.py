#!/usr/bin/env python3
"""Kills an example at random moments, resumes it each time, and compares what it leaves with an uninterrupted run.

python3 resume.py PROGRAM [KILLS]. The results must be the same to the byte, and no kill may leave a file that is half
written under its own name.
"""
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

program, kills = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 6
# options, what must be the same, and the signals: Ctrl-C too where it is answered within a moment
options, results, signals = {
    "assembly_fusion": (["--n", "200", "--kappa", "0,0.5", "--lambda", "0.1", "--train", "20", "--post", "40", "--set", "record_every=2000", "--checkpoint-every", "1"],
                        ["weights.csv"], [signal.SIGKILL]),
    "trained_assemblies": (["--task", "simple,switch", "--constraint", "resources", "--seeds", "2", "--neurons", "40", "--steps", "90", "--checkpoint-every", "7", "--no-figures"],
                           ["*.csv", "*.npy"], [signal.SIGKILL, signal.SIGINT]),
}[Path(program).name]
options += ["--threads", "2", "--quiet"]
random.seed(1)

with tempfile.TemporaryDirectory() as folder:
    whole, cut = Path(folder) / "whole", Path(folder) / "cut"
    begun = time.time()
    subprocess.run([program, *options, "--out", whole], check=True, stdout=subprocess.DEVNULL)
    duration = time.time() - begun
    command, killed = [program, *options, "--out", cut], 0
    while killed < kills:
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            run.wait(timeout=random.uniform(0.02, duration / 2))
        except subprocess.TimeoutExpired:
            run.send_signal(random.choice(signals))
            if run.wait() not in (-signal.SIGKILL, -signal.SIGINT, 130, 0):
                sys.exit(f"an interrupted run ended with status {run.returncode}")
            killed += 1
        else:
            if run.returncode != 0:
                sys.exit(f"a resumed run ended with status {run.returncode}")
            break
        if (cut / "checkpoint" / "resume").exists():
            command = [program, "--resume", cut / "checkpoint" / "resume"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    files = sorted(f.name for pattern in results for f in whole.glob(pattern))
    for name in files:
        if (whole / name).read_bytes() != (cut / name).read_bytes():
            shutil.copy(cut / name, "resumed_" + name)
            sys.exit(f"{name} differs from that of an uninterrupted run")
    print(f"killed {killed} times: {len(files)} files, the same to the byte")
