package main

/*
#include "dispatch.h"
#include "host_goside.h"
#include "host_various.h"
*/
import "C"

import (
	"sync"
	"unsafe"

	"libslapi/server/plugin"
)

// A search that a plug-in keeps open (389's content synchronization): the
// plug-in sets SLAPI's flag for persistent searches on the operation, and a
// thread of its own goes on sending entries with a parameter block of its own,
// in which only the connection and the number of the message tell whose they
// are. The operation ends when the thread takes it off its connection.

// flagPersistent is ns-slapd's OP_FLAG_PS, which the plug-in calls
// OP_FLAG_SYNC_PERSIST.
const flagPersistent = 0x1

// keptOpen is what the operation's goroutine and the plug-in's thread agree by.
type keptOpen struct {
	once    sync.Once
	ready   chan struct{} // the goroutine is done with the hooks
	gone    chan struct{} // the thread is done with the operation
	goneOne sync.Once
	sending sync.Mutex
}

func (k *keptOpen) init() *keptOpen {
	k.once.Do(func() { k.ready, k.gone = make(chan struct{}), make(chan struct{}) })
	return k
}

// notePersistent takes the flag over into the operation.
func (st *opState) notePersistent() {
	if st.op.Kind == plugin.KindSearch && !st.op.Internal {
		st.op.Persistent = st.c.operation.flags&flagPersistent != 0
	}
}

// hold keeps the operation open until the plug-in's thread lets it go.
func (st *opState) hold() {
	k := st.kept.init()
	if d, ok := st.op.Responder.(interface{ Detach() }); ok {
		d.Detach()
	}
	close(k.ready)
	<-k.gone
}

// behind finds the operation that a plug-in's own parameter block stands for;
// nil when there is none. The block's operation has the message number alone.
func behind(pb *C.Slapi_PBlock) *opState {
	var conn *C.struct_slapi_connection
	var cop *C.Slapi_Operation
	if C.cshim_pblock_get(pb, C.SLAPI_CONNECTION, unsafe.Pointer(&conn), C.CSHIM_389) != 0 || conn == nil {
		return nil
	}
	if C.cshim_pblock_get(pb, C.SLAPI_OPERATION, unsafe.Pointer(&cop), C.CSHIM_389) != 0 || cop == nil {
		return nil
	}
	c, ok := connections.get(uintptr(conn.handle))
	if !ok {
		return nil
	}
	return operations.find(func(st *opState) bool {
		return st.op.Conn == c && !st.op.Internal && int(st.op.MsgID) == int(cop.msgid)
	})
}

// forSending gives the operation that something is sent for with pb, and what
// must be called when it was sent. From a plug-in's own thread it waits until
// the operation's hooks are over.
func forSending(pb *C.Slapi_PBlock) (*opState, func()) {
	if st := opStateOf(pb); st != nil {
		return st, func() {}
	}
	st := behind(pb)
	if st == nil {
		return nil, func() {}
	}
	k := st.kept.init()
	select {
	case <-k.ready:
	case <-k.gone:
		return nil, func() {}
	}
	k.sending.Lock()
	return st, k.sending.Unlock
}

//export slapiGoConnectionAcquire
func slapiGoConnectionAcquire(conn *C.Slapi_Connection) (rc C.int) {
	defer guard("slapi_connection_acquire", func() { rc = -1 })
	if _, ok := connections.get(uintptr(conn.handle)); !ok {
		return -1
	}
	return 0
}

//export slapiGoConnectionRemoveOperation
func slapiGoConnectionRemoveOperation(handle C.uintptr_t) (rc C.int) {
	defer guard("slapi_connection_remove_operation", func() { rc = -1 })
	st, ok := operations.get(uintptr(handle))
	if !ok {
		return -1
	}
	k := st.kept.init()
	k.goneOne.Do(func() { close(k.gone) })
	return 0
}
