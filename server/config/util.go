package config

import (
	"errors"
	"io"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/schema"
)

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

func nameOf(text string, s *schema.Schema) (dn.Name, error) { return dn.NewName(text, s) }

func matches(q *backend.Query, e *entry.Entry) (bool, error) {
	truth, err := q.Filter.Match(e, q.Env)
	return truth == filter.True, err
}
