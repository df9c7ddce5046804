//go:build unix

package bolt

import (
	"os"
	"syscall"
)

// lockFile takes the lock that bbolt takes, without waiting.
func lockFile(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
