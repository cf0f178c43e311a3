package frontend

import (
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// SendEncoded sends a search result entry whose protocolOp was encoded before,
// for this and other clients. The pipeline finds the method with a type
// assertion on op.Responder.
func (r *request) SendEncoded(op *plugin.Operation, dn string, encoded []byte, controls []wire.Control) error {
	buf, err := r.lock()
	if err != nil {
		return err
	}
	*buf = wire.AppendEncoded(*buf, r.msg.ID, encoded, controls)
	r.unlock()
	r.c.count.pdus.Add(1)
	r.c.count.entries.Add(1)
	r.entries++
	if r.c.srv.access.Enabled(LogStats2) {
		r.c.logEntry(r, dn)
	}
	return nil
}
