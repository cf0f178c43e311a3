package main

/*
#include <crypt.h>
#include <stdlib.h>
#include <string.h>
#include "slapid.h"
*/
import "C"

import (
	"os"
	"slices"
	"strings"
	"sync"
	"unsafe"

	_ "libslapi/cshim" // the C side of this library
	"libslapi/server/daemon"
)

// hooks are what the C side gives the server.
func hooks() daemon.Hooks {
	return daemon.Hooks{NewHost: newHost, Crypt: crypt}
}

//export slapid_main
func slapid_main(argc C.int, argv **C.char) C.int {
	args := goArgs(argc, argv)
	os.Args = args
	if status, ok := runCommand(args); ok {
		return C.int(status)
	}
	return C.int(daemon.Main(args, hooks()))
}

// embedded is the server that slapid_start started.
var embedded struct {
	sync.Mutex
	d    *daemon.Daemon
	done chan int
}

//export slapid_start
func slapid_start(argc C.int, argv **C.char, errorText **C.char) C.int {
	e := &embedded
	e.Lock()
	defer e.Unlock()
	if errorText != nil {
		*errorText = nil
	}
	fail := func(text string) C.int {
		if errorText != nil {
			*errorText = C.CString(text)
		}
		return 1
	}
	if e.done != nil {
		return fail("a server runs in this process already")
	}
	args := goArgs(argc, argv)
	if len(args) == 0 {
		args = []string{"slapid"}
	}
	args[0] = "slapid" // not a tool, whatever the program is called
	if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-d") }) {
		args = append(args, "-d", "0") // else slapid would put itself into the background
	}
	h := hooks()
	started := make(chan *daemon.Daemon, 1)
	h.Started = func(d *daemon.Daemon) { started <- d }
	done := make(chan int, 1)
	go func() { done <- daemon.Main(args, h) }()
	select {
	case e.d = <-started:
		e.done = done
		return 0
	case rc := <-done:
		return C.int(max(rc, int(fail("the server did not start; its messages are on standard error"))))
	}
}

//export slapid_stop
func slapid_stop() C.int {
	e := &embedded
	e.Lock()
	defer e.Unlock()
	if e.done == nil {
		return -1
	}
	e.d.Stop()
	rc := <-e.done
	e.d, e.done = nil, nil
	return C.int(rc)
}

var versionText = sync.OnceValue(func() *C.char { return C.CString(daemon.Version) })

//export slapid_version
func slapid_version() *C.char { return versionText() }

func goArgs(argc C.int, argv **C.char) []string {
	var args []string
	for _, a := range unsafe.Slice(argv, int(argc)) {
		args = append(args, C.GoString(a))
	}
	return args
}

// crypt is crypt(3); "" when the setting names no method that it knows.
func crypt(key, setting string) string {
	k, s := C.CString(key), C.CString(setting)
	data := (*C.struct_crypt_data)(C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_crypt_data{}))))
	defer func() {
		clear(unsafe.Slice((*byte)(unsafe.Pointer(data)), unsafe.Sizeof(*data)))
		C.free(unsafe.Pointer(data))
		wipe(k, len(key))
		C.free(unsafe.Pointer(s))
	}()
	out := C.crypt_r(k, s, data)
	if out == nil {
		return ""
	}
	// A failure is a text that no setting yields: "*0" or "*1".
	if text := C.GoString(out); len(text) > 0 && text[0] != '*' {
		return text
	}
	return ""
}
