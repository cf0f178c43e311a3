package main

/*
#include <stdlib.h>
#include <string.h>
#include "pblock.h"
*/
import "C"

import "unsafe"

// takeString makes a Go string of a C string from malloc and frees that.
func takeString(c *C.char) string {
	if c == nil {
		return ""
	}
	s := C.GoString(c)
	C.free(unsafe.Pointer(c))
	return s
}

// cStrings makes a NULL-terminated array; free releases it. An empty list
// gives NULL.
func cStrings(list []string) (array **C.char, free func()) {
	if len(list) == 0 {
		return nil, func() {}
	}
	array = newCharray(list)
	return array, func() { C.cshim_free_charray(unsafe.Pointer(array)) }
}

// newCharray makes a NULL-terminated array of strings, all from malloc.
func newCharray(list []string) **C.char {
	array := (**C.char)(C.calloc(C.size_t(len(list)+1), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	view := unsafe.Slice(array, len(list)+1)
	for i, s := range list {
		view[i] = C.CString(s)
	}
	return array
}

// goStrings reads a NULL-terminated array; nil for NULL.
func goStrings(array **C.char) []string {
	if array == nil {
		return nil
	}
	list := []string{}
	for p := array; *p != nil; p = (**C.char)(unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p))) {
		list = append(list, C.GoString(*p))
	}
	return list
}

func cBool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// putString stores a copy of s in pb.
func putString(pb *C.Slapi_PBlock, id C.int, s string) {
	c := C.CString(s)
	C.cshim_pblock_put_str(pb, id, c)
	C.free(unsafe.Pointer(c))
}

// newBerval makes a berval from malloc with a NUL behind its bytes.
func newBerval(b []byte) *C.struct_berval {
	bv := (*C.struct_berval)(C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_berval{}))))
	bv.bv_val = cBytes(b)
	bv.bv_len = C.ber_len_t(len(b))
	return bv
}

// cBytes copies bytes to memory from malloc, a NUL behind them.
func cBytes(b []byte) *C.char {
	p := C.malloc(C.size_t(len(b) + 1))
	view := unsafe.Slice((*byte)(p), len(b)+1)
	copy(view, b)
	view[len(b)] = 0
	return (*C.char)(p)
}

// goBerval copies the bytes of a berval; nil for NULL.
func goBerval(bv *C.struct_berval) []byte {
	if bv == nil || bv.bv_val == nil {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(bv.bv_val), C.int(bv.bv_len))
}

// goBervals copies a NULL-terminated array of bervals as strings.
func goBervals(list **C.struct_berval) []string {
	var out []string
	for p := list; p != nil && *p != nil; p = (**C.struct_berval)(unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p))) {
		out = append(out, string(goBerval(*p)))
	}
	return out
}
