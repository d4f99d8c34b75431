#!/usr/bin/env python3
"""Bad input to the examples: status 2 and one line on stderr that names what is wrong; nothing is written.

python3 bad_input.py FOLDER_OF_PROGRAMS
"""
import subprocess
import sys
import tempfile
from pathlib import Path

programs = Path(sys.argv[1])
folder = tempfile.TemporaryDirectory()
toml = Path(folder.name) / "parameters.toml"
toml.write_text('preset = "paper"\ntau = "20 mV"\n')
paper = Path(folder.name) / "paper.toml"
paper.write_text('preset = "paper"\n')

presets = [
    ("--kappa", "1.5", "kappa = 1.5"),
    ("--kappa", "a", "kappa = a: allowed is a number"),
    ("--set", "tau=20 mV", "set tau = 20 mV: allowed is a number in ms"),
    ("--set", "tau=-1", "set tau = -1 ms: allowed is > 0 ms"),
    ("--set", "tau", "set = tau: allowed is name=value"),
    ("--set", "tua=1", "one of preset, N"),
    ("--parameters", str(toml), f"{toml}, line 2: tau = 20 mV"),
    ("--parameters", "/nowhere", "parameters = /nowhere"),
    ("--preset", "robust", "--parameters", str(paper), "preset = robust"),
    ("--dt", "5", "dt = 5 ms"),
    ("--dt", "x", "--dt"),
    ("--initial", "XY=1", "initial = XY"),
    ("--lambda", "0.9", "lambda = 0.9"),
]
cases = [
    ("--seeds", "1.5", "seeds = 1.5"),
    ("--seeds", "5-1", "seeds = 5-1"),
    ("--seeds", "3,3", "seeds = 3 and 3: allowed is each seed once"),
    ("--threads", "0", "threads = 0"),
    ("--out", "/proc/nothing", "out = /proc/nothing"),
    ("--nonsense", "command line"),
]
own = {"assembly_fusion": presets + [("--resume=/nowhere", "resume = /nowhere"), ("--checkpoint-every", "-1", "checkpoint-every"), ("--train-until", "2", "train-until = 2")],
       "mean_field": presets + [("--order", "3", "order = 3"), ("--rule", "x", "rule = x"), ("--grid", "1", "grid = 1")],
       "trained_assemblies": [("--resume", "/nowhere", "resume = /nowhere"), ("--resume", str(toml), "the file `resume` of a run of trained_assemblies"),
                              ("--checkpoint-every", "0", "checkpoint-every = 0"), ("--task", "and", "task = and: allowed is one or several of simple"),
                              ("--task", "xor,xor", "task = xor: allowed is each name once"), ("--constraint", "", "constraint"), ("--input", "x", "plastic, frozen"),
                              ("--optimizer", "adam,sgd", "optimizer = adam,sgd"), ("--rates", "x", "relative or absolute"), ("--rate", "-1", "rate = -1"),
                              ("--steps", "0", "steps = 0"), ("--steps", "x", "--steps"), ("--neurons", "5", "neurons = 5: allowed is [10, 4000]"),
                              ("--inhibitory-fraction", "1", "inhibitory-fraction = 1"), ("--spike-bound", "-1", "spike-bound"), ("--weight-decay", "nan", "weight-decay = nan")]}

failed = 0
for program, more in own.items():
    for *options, expected in cases + more:
        out = [] if "--out" in options else ["--out", str(Path(folder.name) / "out")]
        run = subprocess.run([programs / program, *options, *out], capture_output=True, text=True, timeout=600)
        lines = run.stderr.splitlines()
        if run.returncode != 2 or len(lines) != 1 or not lines[0].startswith(program + ": ") or expected not in lines[0] or (Path(folder.name) / "out").exists():
            failed += 1
            print(f"{program} {' '.join(options)}: status {run.returncode}, expected one line with '{expected}', got\n{run.stderr}")
print(f"{sum(len(m) for m in own.values()) + len(cases) * len(own)} cases, {failed} failed")
sys.exit(failed != 0)
