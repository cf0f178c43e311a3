package operation

import (
	"time"

	"libslapi/server/schema"
)

// passwordTypes are the attribute types that hold passwords.
func (s *Server) passwordTypes() []*schema.AttributeType {
	if t := s.Schema().AttributeType("userPassword"); t != nil {
		return []*schema.AttributeType{t}
	}
	return nil
}

// timestamp is a generalizedTime to the second, as both peers write them.
func timestamp(t time.Time) []byte { return []byte(t.UTC().Format("20060102150405Z")) }
