package main

/*
#include <stdlib.h>
*/
import "C"

import (
	"encoding/binary"
	"net"
	"unsafe"
)

// Address families of NSPR on Linux, and the size of its PRNetAddr.
const (
	prLocal     = 1
	prInet6     = 10
	netAddrSize = 112
)

// netAddr makes a PRNetAddr in memory from malloc. IPv4 addresses are mapped
// into IPv6, as ns-slapd's sockets give them; an address of another kind is one
// of the local family.
func netAddr(a net.Addr) unsafe.Pointer {
	p := C.calloc(1, netAddrSize)
	b := unsafe.Slice((*byte)(p), netAddrSize)
	switch a := a.(type) {
	case *net.TCPAddr:
		binary.NativeEndian.PutUint16(b, prInet6)
		binary.BigEndian.PutUint16(b[2:], uint16(a.Port))
		copy(b[8:24], a.IP.To16())
	case *net.UnixAddr:
		binary.NativeEndian.PutUint16(b, prLocal)
		copy(b[2:netAddrSize-1], a.Name)
	}
	return p
}
