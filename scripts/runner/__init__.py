"""What scripts/reproduce does, step by step:

- `chosen`: which lessons and seeds a person asks for.
- `plan`: a job for each of them that is not recorded already, and what comes first.
- `job`: what a job is, and what it returns.
- `schedule`: hands the jobs of a plan to the processes of this machine or of a cluster, on Dask.
- `execute`: runs one job in such a process: a notebook, from top to bottom.
- `notebook`: what is done to a notebook as a file: cleaned, compared, told apart by its code.
- `progress`: what a person sees meanwhile.
- `publish`: takes what a job returned into notebooks/, or into build/.

Only the last one writes into notebooks/, and it works in the command's own process.
"""
