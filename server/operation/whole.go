package operation

import (
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// wholeOf gives the side of a database that does operations itself; nil when it
// has none.
func wholeOf(db *Database) plugin.WholeBackend {
	if db == nil {
		return nil
	}
	w, _ := db.Backend.(plugin.WholeBackend)
	return w
}

// bindWhole lets a database authenticate the client.
func (s *Server) bindWhole(op *plugin.Operation, w plugin.WholeBackend) error {
	if err := w.Handle(op); err != nil {
		return err
	}
	if op.Result.Code != wire.Success {
		return &wire.Error{Result: op.Result}
	}
	who, method := op.Target, op.Bind.BoundBy
	if op.Bind.BoundDN != nil {
		who = *op.Bind.BoundDN
	}
	if method == "" {
		method = "simple"
	}
	s.become(op, who, method)
	return nil
}

// tellDatabases passes an abandon or unbind on to the databases that want it.
func (s *Server) tellDatabases(op *plugin.Operation) {
	for _, db := range s.dbs.Load().list {
		if w := wholeOf(db); w != nil && w.Handles(op.Kind) {
			if err := w.Handle(op); err != nil {
				s.log.Warn("a database failed at the end of an operation", "database", db.Name(), "kind", op.Kind.String(), "error", err.Error())
			}
		}
	}
}
