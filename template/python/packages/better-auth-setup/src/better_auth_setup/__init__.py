"""The steps of ``scripts/setup.py``, *generate*, and a PostgreSQL inside the project.

`bootstrap` runs in any Python 3.11 with the standard library and installs the Python packages;
`steps` goes on in the project's own environment, where they can be imported.
"""
