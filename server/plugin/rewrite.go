package plugin

import "libslapi/server/wire"

// SearchRewriter is implemented by a Host whose plug-ins change searches before
// they are carried out (slapi_compute_add_search_rewriter).
type SearchRewriter interface {
	// RewriteSearch may change the target, scope and filter of op, also of an
	// internal search. A code other than Success ends the search with it.
	RewriteSearch(op *Operation) wire.ResultCode
}
