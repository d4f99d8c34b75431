#!/usr/bin/env python3
"""Kills assembly_fusion at random moments, resumes it each time, and compares what it leaves with an uninterrupted run.

python3 resume.py PROGRAM [KILLS]. The weights must be the same to the byte, and no kill may leave a file that is half
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
options = ["--n", "200", "--kappa", "0,0.5", "--lambda", "0.1", "--train", "20", "--post", "40", "--set", "record_every=2000", "--threads", "2", "--quiet", "--checkpoint-every", "1"]
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
            run.send_signal(signal.SIGKILL)
            run.wait()
            killed += 1
        else:
            if run.returncode != 0:
                sys.exit(f"a resumed run ended with status {run.returncode}")
            break
        if (cut / "checkpoint" / "resume").exists():
            command = [program, "--resume", cut / "checkpoint" / "resume"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if (whole / "weights.csv").read_bytes() != (cut / "weights.csv").read_bytes():
        shutil.copy(cut / "weights.csv", "resumed_weights.csv")
        sys.exit("the weights differ from those of an uninterrupted run")
    print(f"killed {killed} times: the same weights to the byte")
