// Package debian installs the software that interop and bench run: packages of
// Debian 12 and virtual environments of Python.
//
// [Install] installs the Debian packages that are missing, which only root can do,
// and keeps them from starting services. [Venv] creates a virtual environment with
// packages from PyPI. Both do nothing if the software is there.
//
// It is for Linux only, and for programs of this project that prove or measure
// something: the command itself installs nothing.
package debian
