package operation

import (
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// rewrite lets plug-ins turn a search into another one: views search a wider
// tree with a narrower filter. It comes after the pre-operation plug-ins and
// before a database is chosen.
func (s *Server) rewrite(op *plugin.Operation) *wire.Error {
	r, ok := plugin.As[plugin.SearchRewriter](s.plugins())
	if !ok {
		return nil
	}
	target := op.Target.Norm
	if code := r.RewriteSearch(op); code != wire.Success {
		return &wire.Error{Result: wire.Result{Code: code}}
	}
	if op.Target.Norm != target {
		s.locate(op)
	}
	return nil
}
