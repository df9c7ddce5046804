package bot

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// recordFormat is the first byte of every record body: versioned, so that an
// older one can be read for ever.
const recordFormat = 1

// Records are CBOR arrays, for their size. Fields are only ever added at the end
// of a record: an older, shorter array is read with its new fields empty. What is
// nested in a record (a Run, an Answer) must stay as it is, or the format rises.

var errRecord = errors.New("damaged or newer record")

var encoding = func() cbor.UserBufferEncMode {
	mode, err := cbor.EncOptions{}.UserBufferEncMode()
	if err != nil {
		panic(err) // no options are no mistake
	}
	return mode
}()

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// encode gives a record's stored body.
func encode(record any) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	b.WriteByte(recordFormat)
	if err := encoding.MarshalToBuffer(record, b); err != nil {
		return nil, fmt.Errorf("encode %T: %w", record, err)
	}
	return bytes.Clone(b.Bytes()), nil
}

// decode reads encode's form into record, a pointer to a struct.
func decode(body []byte, record any) error {
	if len(body) < 2 || body[0] != recordFormat {
		return fmt.Errorf("decode %T: %w", record, errRecord)
	}
	body, err := grown(body[1:], reflect.TypeOf(record).Elem().NumField()-1)
	if err != nil {
		return fmt.Errorf("decode %T: %w", record, err)
	}
	if err := cbor.Unmarshal(body, record); err != nil {
		return fmt.Errorf("decode %T: %w", record, err)
	}
	return nil
}

// CBOR (RFC 8949): the head of an array with up to 23 elements is one byte, the
// null that stands for an empty field another.
const (
	cborArray     = 0x80
	cborArrayMost = 23
	cborNull      = 0xf6
)

// grown lengthens the array of an older record to the fields of today.
func grown(array []byte, fields int) ([]byte, error) {
	if fields > cborArrayMost || array[0] < cborArray || array[0] > cborArray+cborArrayMost {
		return nil, errRecord
	}
	has := int(array[0] - cborArray)
	switch {
	case has == fields:
		return array, nil
	case has > fields:
		return nil, errRecord
	}
	out := make([]byte, 0, len(array)+fields-has)
	out = append(append(out, cborArray+byte(fields)), array[1:]...)
	for range fields - has {
		out = append(out, cborNull)
	}
	return out, nil
}

// EncodeRecord and DecodeRecord are the stored form of records that other packages
// keep (staff accounts): versioned CBOR arrays that grow at their end.
func EncodeRecord(record any) ([]byte, error) { return encode(record) }

// DecodeRecord reads EncodeRecord's form into record, a pointer to a struct.
func DecodeRecord(body []byte, record any) error { return decode(body, record) }
