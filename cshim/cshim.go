// Package cshim is the C part of libslapi: the objects, the parameter block and
// the calls of plug-ins. It is imported for its effect: its C files become part
// of libslapi.so. They call Go functions of package main (see goside.h), which
// the final link brings in.
package cshim

/*
#cgo CFLAGS: -I${SRCDIR}/../include -std=gnu11 -Wall -Wextra -fvisibility=default -O2
*/
import "C"
