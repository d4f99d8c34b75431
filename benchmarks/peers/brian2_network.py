#!/usr/bin/python3
"""The network of docs/model.md in Brian2 (C++ standalone, its documented idiom for STDP: event-driven traces), compiled with
the options that it ships with.

Prints one line of JSON: CPU seconds of the time loop (20 times the least of 20 slices), rates, number of synapses. With `again` the program that an earlier
call left in dir is run once more. Usage: brian2_network.py N p seconds dir [again]
"""
import json
import subprocess
import sys

import brian2 as b
import numpy as np
from brian2 import Hz, mV, ms, second

N, p, duration, directory = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
b.set_device("cpp_standalone", directory=directory, build_on_run=False)
b.prefs.devices.cpp_standalone.openmp_threads = 0
b.prefs.devices.cpp_standalone.extra_make_args_unix = ["-j2"]  # "-j", the default, starts hundreds of compilers at once
b.defaultclock.dt = 0.1 * ms
b.seed(1)

NE, NI = N * 4 // 5, N // 5
scale = 1000 / N * 0.1 / p
neuron = """
dv/dt = (EL - v + DT*exp((v - VT)/DT) + I)/tau + sigma*sqrt(2/tau)*xi : volt (unless refractory)
dI/dt = -I/tau_syn : volt
"""
space = dict(EL=-55 * mV, VT=-53 * mV, DT=3 * mV, tau=20 * ms, sigma=4 * mV, tau_syn=5 * ms, Vr=-60 * mV)
E, I = [b.NeuronGroup(n, neuron, threshold="v > 0*mV", reset="v = Vr", refractory=1 * ms, method="euler", namespace=space)
        for n in (NE, NI)]
for group in (E, I):
    group.v = "Vr + rand()*5*mV"

wmax = 0.24 * scale * mV
causal = dict(tau_p=20 * ms, tau_m=20 * ms, f_p=3.3258e-3 * wmax, f_m=3.33e-3 * wmax, wmax=wmax)
EE = b.Synapses(E, E, """w : volt
dx/dt = -x/tau_p : 1 (event-driven)
dy/dt = -y/tau_m : 1 (event-driven)""",
                on_pre="I_post += w\nx += 1\nw = clip(w - f_m*y, 0*mV, wmax)",
                on_post="y += 1\nw = clip(w + f_p*x, 0*mV, wmax)", namespace=causal)
imax = -0.96 * scale * mV
homeostatic = dict(tau_h=30 * ms, f=-6e-4 * wmax, d=1.0368e-4 * scale * mV, imax=imax)
IE = b.Synapses(I, E, """w : volt
dx/dt = -x/tau_h : 1 (event-driven)
dy/dt = -y/tau_h : 1 (event-driven)""",
                on_pre="I_post += w\nx += 1\nw = clip(w + f*y + d, imax, 0*mV)",
                on_post="y += 1\nw = clip(w + f*x, imax, 0*mV)", namespace=homeostatic)
EI = b.Synapses(E, I, on_pre="I_post += w_ei", namespace=dict(w_ei=0.08 * scale * mV))
II = b.Synapses(I, I, on_pre="I_post += w_ii", namespace=dict(w_ii=-0.32 * scale * mV))
EE.connect(condition="i != j", p=p)
IE.connect(p=p)
EI.connect(p=p)
II.connect(condition="i != j", p=p)
EE.w, IE.w = wmax / 2, imax / 2

count_E, count_I = b.SpikeMonitor(E, record=False), b.SpikeMonitor(I, record=False)  # Brian2 does not look into lists
b.run(0.1 * second)  # warms the caches up
device = b.get_device()
slices = 20
device.insert_code("main", "std::clock_t engram_least = 1l << 60;")
device.insert_code("main", f"for (int engram_slice = 0; engram_slice < {slices}; ++engram_slice) {{ const std::clock_t engram_begin = std::clock();")
b.run(duration / slices * second)
device.insert_code("main", "engram_least = std::min(engram_least, std::clock() - engram_begin); }")
device.insert_code("main", f'printf("CPU %.9g\\n", {slices}*double(engram_least)/CLOCKS_PER_SEC);')
if sys.argv[5:] != ["again"]:
    device.build(directory=directory, run=False, compile=True)
    subprocess.run(["sed", "-i", "1i #include <ctime>\\n#include <cstdio>", directory + "/main.cpp"], check=True)
    subprocess.run(["make", "-j2"], cwd=directory, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
output = subprocess.run(["./main"], cwd=directory, check=True, capture_output=True, text=True).stdout
cpu = float(next(line.split()[1] for line in output.splitlines() if line.startswith("CPU")))
total = duration + 0.1


def spikes(monitor):
    return int(np.fromfile(f"{directory}/{device.get_array_filename(monitor.variables['count'])}", dtype=np.int32).sum())


print(json.dumps({"simulator": "Brian2 " + b.__version__, "N": N, "p": p, "seconds": duration, "cpu_s": cpu,
                  "synapses": sum(np.fromfile(f"{directory}/{device.get_array_filename(s.variables['N'])}", dtype=np.int32)[0].item() for s in (EE, IE, EI, II)),
                  "rate_E_Hz": spikes(count_E) / NE / total, "rate_I_Hz": spikes(count_I) / NI / total}))
