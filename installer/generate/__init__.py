"""Writes what follows from one place of the repository and stands in another: ``python -m installer.generate``.

Generated files are committed, so that the extension's folder can be loaded, and the documents read, without a build. A
product is a module of this package with two functions, and a name in ``PRODUCTS`` of products.py.
"""
