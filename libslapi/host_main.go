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
	return C.int(daemon.Main(args, hooks()))
}

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
