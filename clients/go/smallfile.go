package leasehold

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"unicode/utf8"
)

// mostBytes is more than any file of credentials or any bundle of CAs has; a mistaken path must cost neither memory nor
// time.
const mostBytes = 1024 * 1024

// malformedError is of a file that can be read, and is not what it should be.
type malformedError string

func (e malformedError) Error() string { return string(e) }

// readSmallFile reads a regular file: a pipe is not waited for, and what is larger than [mostBytes] is not read. The
// content is never part of the error.
func readSmallFile(path string) (string, error) {
	// Without O_NONBLOCK the opening of a pipe waits for somebody who writes into it.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", plain(err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return "", plain(err)
	case info.IsDir():
		return "", errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return "", errors.New("it is a pipe, a socket or a device, and no regular file")
	case info.Size() > mostBytes:
		return "", malformedError(fmt.Sprintf("it has %d bytes, more than the %d that are read", info.Size(), mostBytes))
	}
	text, err := io.ReadAll(io.LimitReader(file, mostBytes))
	if err != nil {
		return "", plain(err)
	}
	if !utf8.Valid(text) {
		return "", malformedError("it is no text in UTF-8")
	}
	return string(text), nil
}

// plain leaves out the path, which whoever tells of the error knows.
func plain(err error) error {
	if path, ok := as[*fs.PathError](err); ok {
		err = path.Err
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return fs.ErrNotExist
	}
	return err
}
