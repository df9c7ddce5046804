//go:build !unix

package bolt

import (
	"errors"
	"os"
)

// lockFile: a store is restored over another one only where files can be locked.
func lockFile(*os.File) error { return errors.ErrUnsupported }
