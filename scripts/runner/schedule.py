"""Jobs on Dask: in a process of this machine, or on the workers of a cluster.

Each machine has one worker, with as many slots as jobs may run on it side by side; a job takes one slot, or
all of a worker's where it must be alone. The command itself decides which worker takes which job, and hands
out no more than there is room for: a worker that dies takes with it what it was running, and nothing else.
"""

import contextlib
import logging
import pickle
import signal
import time
import uuid
from concurrent.futures import CancelledError
from multiprocessing import resource_tracker

import dask
import distributed
from unrolled import UnrolledError

from runner import notebook, worker
from runner.job import Outcome

SLOT = "slot"
START = f"PYTHONPATH=scripts dask worker ADDRESS --nworkers 1 --nthreads N --resources {SLOT}=N"
"""How a person starts a worker that runs N jobs side by side, in the folder of a clone."""

PATIENCE = 30
"""How many seconds a command waits for a scheduler to answer, or for a worker where none is left."""

DIED = "its worker died; was the memory enough?"


BUSY = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-ttl": None,  # a machine that slept has lost no worker
    "distributed.comm.timeouts.connect": "30 minutes",  # nor has one whose cores are all taken for a minute
    "distributed.comm.timeouts.tcp": "30 minutes",
    "distributed.worker.profile.enabled": False,  # this and looking after itself takes a tenth of a core
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""Dask's settings where its processes are this command's own: a worker that is gone is noticed at once, and
what is not asked for leaves the cores to the trainings."""


class Refused(Exception):
    """Why a cluster cannot be used, in one line."""


@contextlib.contextmanager
def cluster(root, jobs, address=None):
    """A `Cluster` that runs `jobs` jobs side by side in the clone `root`, or the one behind a scheduler.

    Raises `Refused` if nothing answers at that `address`, or it has no worker, or one unfit for this clone.
    """
    with dask.config.set({} if address else BUSY):
        with undisturbed():
            processes = None if address else _processes(root, jobs)
            client = _client(address or processes)
        try:
            found = Cluster(client, root, local=not address)
            found.workers()
            if found.refused:
                raise Refused(next(iter(found.refused.values())))
            yield found
        finally:
            with undisturbed():
                client.close()
                if processes:
                    processes.close()


def _processes(root, jobs):
    """Dask's scheduler in this process, and a worker in another one that ends with it, however it ends."""
    return distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=jobs,
        resources={SLOT: jobs},
        memory_limit=None,  # the kernels are processes of their own, which it does not count
        dashboard_address=":0",  # any port: the scheduler's own server is there in any case
        scheduler_kwargs={"dashboard": False},
        silence_logs=logging.CRITICAL,
        local_directory=str(root / "build" / "dask"),
    )


def _client(where):
    """A Dask client of a cluster or an address, once there is a worker."""
    try:
        client = distributed.Client(where, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise Refused(f"no scheduler answers at {where} ({type(error).__name__})") from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        raise Refused(f"the scheduler at {where} has no worker: start one with {START}") from None
    return client


@contextlib.contextmanager
def undisturbed():
    """Let Ctrl-C wait until the block is over; what starts in it never sees one: this command ends that."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    resource_tracker.ensure_running()  # multiprocessing's own, which lets Ctrl-C through as it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Cluster:
    """The workers behind a Dask `client`, which run jobs for the clone `root`.

    `local` says whether they are processes of this command, which work in that clone too. `refused` says of
    each worker that is not fit, by its address, why.
    """

    def __init__(self, client, root, local):
        self.client, self._root, self._local = client, root, local
        self.prefix = f"unrolled-{uuid.uuid4().hex}"
        self._slots, self.refused = {}, {}

    def workers(self):
        """The slots of each worker that is there and fit for this clone: a dict from address to number."""
        # Not `client.scheduler_info`: what that returns, a thread of the client replaces by a list of no
        # workers every few seconds, on a busy machine also between the answer and its return.
        there = self.client.sync(self.client.scheduler.identity, n_workers=-1)["workers"]
        for address in there.keys() - self._slots.keys():
            self._slots[address] = int(there[address]["resources"].get(SLOT, 0))
            reason = None if self._local else unfit(self.client, address, self._slots[address], self._root)
            if reason:
                self.refused[address] = f"the worker {address} {reason}"
        return {address: self._slots[address] for address in there if address not in self.refused}

    def submit(self, job, needed, address, slots):
        """Start a job on a worker: the future of its `job.Result`."""
        text = notebook.as_text(notebook.read(job.notebook))
        task = pickle.dumps((job, text, needed, self.prefix, self._root if self._local else None))

        def perform(task):  # pickled as it stands: a scheduler unpickles it, and need not have the project
            from runner import worker

            return worker.perform(*pickle.loads(task))

        key = f"{self.prefix}-{job.name}"
        return self.client.submit(perform, task, key=key, workers=[address], resources={SLOT: slots})


def unfit(client, address, slots, root):
    """Why a worker with so many slots cannot run jobs for the clone `root`, or None if it can."""
    mine = worker.version(root)
    (theirs,) = client.run(worker.version, workers=[address], on_error="return").values()
    if isinstance(theirs, Exception):
        return f"cannot run this project ({theirs}): start it with {START}"
    if not slots:
        return f"has no slots: start it with {START}"
    if not mine["commit"] or mine["commit"] != theirs["commit"]:
        commits = [one["commit"][:12] or "none" for one in (theirs, mine)]
        return "is at the commit {}, this clone at {}".format(*commits)
    if mine["changes"] != theirs["changes"]:
        return "differs from this clone in what is not committed: commit it, and check that out there"
    if not theirs["pinned"]:
        return "has not the versions of requirements.txt"
    return None


def carry_out(jobs, cluster, screen, results):
    """Run jobs, each as soon as those before it have ended and a worker has room: a list of `Outcome`.

    `screen` shows how they come along (`progress`); `results` gives the records that they need, and takes
    what they return (`publish`).
    """
    work = _Work(jobs, cluster, screen, results)
    cluster.client.register_plugin(worker.Ending(cluster.prefix), name=cluster.prefix)
    cluster.client.subscribe_topic(cluster.prefix, lambda event: screen.news(*event[1]))
    try:
        while work.waiting or work.running:
            try:
                workers = cluster.workers()
            except OSError as error:
                work.give_up(f"the scheduler does not answer any more ({error})")
                break
            work.start(workers)
            work.collect(workers)
    finally:
        with contextlib.suppress(OSError):
            cluster.client.cancel(list(work.running), force=True)
            cluster.client.unregister_worker_plugin(cluster.prefix)
    return list(work.outcomes.values())


class _Work:
    """The jobs of a plan under way: those `waiting`, those `running` by future, their `outcomes` by name."""

    def __init__(self, jobs, cluster, screen, results):
        self.waiting, self.running, self.outcomes = list(jobs), {}, {}
        self._cluster, self._screen, self._results = cluster, screen, results
        self._moved = time.monotonic()

    def start(self, workers):
        """Start every job that need not wait, as far as the workers, a dict of their slots, have room."""
        for job in list(self.waiting):
            before = [self.outcomes.get(name) for name in job.after]
            if failed := [one for one in before if one and one.how == "failed"]:
                self._end(job, "failed", f"not run, because {failed[0].job} failed")
            elif None in before:
                continue
            elif address := self._room(job, workers):
                try:
                    self._start(job, address, workers[address] if job.alone else 1)
                except (OSError, UnrolledError) as error:
                    self._end(job, "failed", str(error))

    def collect(self, workers):
        """Take what has been returned; wait for it a second at most."""
        if not self.running:
            if self.waiting and time.monotonic() - self._moved > PATIENCE:
                self.give_up("no worker is left")
            time.sleep(0.1)
            return
        with contextlib.suppress(TimeoutError, CancelledError):
            distributed.wait(list(self.running), timeout=1, return_when="FIRST_COMPLETED")
        for future, (job, address, _) in list(self.running.items()):
            if future.done():
                del self.running[future]
                self._end(job, *self._outcome(job, future))
            elif address not in workers:
                del self.running[future]
                self._cluster.client.cancel([future], force=True)
                self._end(job, "failed", DIED)

    def give_up(self, reason):
        """End all that has not ended."""
        for job in [job for job, _, _ in self.running.values()] + self.waiting:
            self._end(job, "failed", reason)
        self.running = {}

    def _start(self, job, address, slots):
        if job.recorded and self._results.unchanged(job):
            self._end(job, "recorded")
            return
        future = self._cluster.submit(job, self._results.needed(job), address, slots)
        self.running[future] = (job, address, slots)
        self.waiting.remove(job)
        self._screen.start(job)

    def _room(self, job, workers):
        """The worker with most room for a job, its address, or None if it must wait."""
        free = dict(workers)
        for _, address, slots in self.running.values():
            free[address] = free.get(address, 0) - slots
        fit = [one for one in workers if free[one] >= (workers[one] if job.alone else 1)]
        return max(fit, key=free.get, default=None)

    def _outcome(self, job, future):
        """How a job that has returned ended, as the rest of an `Outcome`."""
        try:
            result = future.result(timeout=PATIENCE)
        except distributed.KilledWorker:
            return "failed", DIED
        except Exception as error:
            return "failed", f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        return self._results.take(job, result)

    def _end(self, job, how, line=""):
        if job in self.waiting:
            self.waiting.remove(job)
        self.outcomes[job.name] = Outcome(job, how, line)
        self._moved = time.monotonic()
        self._screen.end(self.outcomes[job.name])
