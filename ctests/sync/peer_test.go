//go:build synctest

package sync

import (
	"os"
	"testing"
)

// slapd of slapd, to tell a fault of the consumer from one of the provider.
func TestSlapdOfSlapd(t *testing.T) {
	if os.Getenv("PEER") == "" {
		t.Skip("PEER is not set")
	}
	replicate(t, false, false, "refreshOnly", everything, "syncprov-sessionlog 10000")
}
