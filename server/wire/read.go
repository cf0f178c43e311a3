package wire

import (
	"bufio"
	"fmt"
	"io"

	"libslapi/server/ber"
)

// readChunk is how much memory a PDU gets before its octets are there: a
// client that announces much and sends little costs no more than that.
const readChunk = 64 << 10

// ReadPDU reads one LDAPMessage, header included, into memory of its own. max
// bounds its size. Errors: io.EOF when the stream ends before the first octet,
// io.ErrUnexpectedEOF within a message, *DecodeError for octets that are no
// LDAPMessage or one that is too large, else what r returned.
func ReadPDU(r *bufio.Reader, max int) ([]byte, error) {
	head, err := r.Peek(1)
	if err != nil {
		return nil, err
	}
	if head[0] != ber.TagSequence {
		return nil, &DecodeError{Reason: fmt.Sprintf("no LDAP message: first octet 0x%02x", head[0]), Code: ProtocolError}
	}
	if head, err = r.Peek(2); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	n, size := uint64(head[1]), 2
	if head[1] >= 0x80 {
		k := int(head[1] & 0x7f)
		if k == 0 || k > 8 {
			return nil, &DecodeError{Offset: 1, Reason: "length not supported", Code: ProtocolError}
		}
		size += k
		if head, err = r.Peek(size); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		n = 0
		for _, x := range head[2:size] {
			n = n<<8 | uint64(x)
		}
	}
	if n > uint64(max) || int(n)+size > max {
		return nil, &DecodeError{Offset: 1, Code: ProtocolError,
			Reason: fmt.Sprintf("message of %d octets, the limit is %d", n, max)}
	}
	total := int(n) + size
	pdu := make([]byte, min(total, readChunk))
	for have := 0; ; {
		m, err := io.ReadFull(r, pdu[have:])
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if have += m; have == total {
			return pdu, nil
		}
		grown := make([]byte, min(total, 4*have))
		copy(grown, pdu)
		pdu = grown
	}
}

// Buffered tells whether r holds a whole PDU already, so that ReadPDU will not
// wait (nor will it wait to find an error in what is there).
func Buffered(r *bufio.Reader) bool {
	have := r.Buffered()
	if have == 0 {
		return false
	}
	head, _ := r.Peek(min(have, 10))
	switch {
	case head[0] != ber.TagSequence:
		return true
	case have == 1:
		return false
	}
	if head[1] < 0x80 {
		return have >= 2+int(head[1])
	}
	k := int(head[1] & 0x7f)
	if k == 0 || k > 8 {
		return true
	}
	if have < 2+k {
		return false
	}
	n := uint64(0)
	for _, x := range head[2 : 2+k] {
		n = n<<8 | uint64(x)
	}
	return n <= uint64(have-2-k)
}
