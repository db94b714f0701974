package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

import io.hacluster.HaClusterException;

/**
 * The {@code -shm} file of a database in WAL mode: its memory, and SQLite's write lock,
 * which is one byte of it. The lock is taken as one of the open file description, which,
 * unlike the JDK's file locks, conflicts with those of SQLite connections in this process
 * as well, and is not dropped when somebody closes another descriptor of the file.
 * <p>
 * Closing the descriptor, in turn, drops the locks that SQLite connections of this
 * process hold on the file (POSIX advisory locks belong to the process). That is why this
 * does not use a {@link java.nio.channels.FileChannel}: an interrupt or the garbage
 * collector would close it at any time. Not thread-safe.
 */
final class WalIndexFile {

	private static final int O_RDWR = 2;

	private static final int O_CLOEXEC = 0x80000;

	private static final int F_OFD_SETLK = 37;

	private static final short F_WRLCK = 1;

	private static final short F_UNLCK = 2;

	private static final int EAGAIN = 11;

	private static final int EACCES = 13;

	private static final int SEEK_END = 2;

	private static final int PROT_READ_WRITE = 3;

	private static final int MAP_SHARED = 1;

	/** The byte that SQLite calls WAL_WRITE_LOCK. */
	private static final long WRITE_BYTE = 120;

	private static final int SIZEOF_FLOCK = 32;

	private final CLibrary library;

	private final int descriptor;

	private final Path path;

	private final List<Pointer> mapped = new ArrayList<>();

	private WalIndexFile(CLibrary library, int descriptor, Path path) {
		this.library = library;
		this.descriptor = descriptor;
		this.path = path;
	}

	/**
	 * Opens the file.
	 * @param path an existing {@code -shm} file
	 * @return the file, not locked
	 * @throws IOException if the file cannot be opened
	 * @throws HaClusterException on a system without such locks
	 */
	static WalIndexFile open(Path path) throws IOException {
		if (!Platform.isLinux() || !Platform.is64Bit()) {
			throw new HaClusterException("A follower's replica needs 64-bit Linux (locks of open file descriptions), "
					+ "but this is " + System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
		}
		CLibrary library = Native.load(Platform.C_LIBRARY_NAME, CLibrary.class);
		try {
			return new WalIndexFile(library, library.open(path.toString(), O_RDWR | O_CLOEXEC), path);
		}
		catch (LastErrorException ex) {
			throw new IOException("Cannot open " + path + ": " + ex.getMessage(), ex);
		}
	}

	/**
	 * Takes the write lock without waiting.
	 * @return whether it has been taken
	 * @throws IOException if the system refuses
	 */
	boolean tryLock() throws IOException {
		try {
			lock(F_WRLCK);
			return true;
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() == EAGAIN || ex.getErrorCode() == EACCES) {
				return false;
			}
			throw failure("lock", ex);
		}
	}

	/**
	 * Lets go of the write lock.
	 * @throws IOException if the system refuses
	 */
	void unlock() throws IOException {
		try {
			lock(F_UNLCK);
		}
		catch (LastErrorException ex) {
			throw failure("unlock", ex);
		}
	}

	/**
	 * Returns the length of the file.
	 * @return the number of bytes
	 * @throws IOException if the system refuses
	 */
	long size() throws IOException {
		try {
			return this.library.lseek(this.descriptor, 0, SEEK_END);
		}
		catch (LastErrorException ex) {
			throw failure("measure", ex);
		}
	}

	/**
	 * Maps a part of the file into memory, and extends the file if it is shorter. The
	 * space is allocated: a full disk is an error here, and not a signal in whoever
	 * touches the memory first.
	 * @param offset where to begin
	 * @param length how much
	 * @return the memory, valid until {@link #close()}
	 * @throws IOException if the system refuses
	 */
	ByteBuffer map(long offset, int length) throws IOException {
		if (size() < offset + length) {
			int error = this.library.posix_fallocate(this.descriptor, offset, length);
			if (error != 0) {
				throw failure("extend", new LastErrorException(error));
			}
		}
		try {
			Pointer pointer = this.library.mmap(Pointer.NULL, length, PROT_READ_WRITE, MAP_SHARED, this.descriptor,
					offset);
			this.mapped.add(pointer);
			return pointer.getByteBuffer(0, length);
		}
		catch (LastErrorException ex) {
			throw failure("map", ex);
		}
	}

	/**
	 * Unmaps the memory, which must not be touched any more.
	 * @param closeDescriptor whether to close the file as well, which drops the locks of
	 * SQLite connections in this process
	 */
	void close(boolean closeDescriptor) {
		try {
			for (Pointer pointer : this.mapped) {
				this.library.munmap(pointer, WalIndex.BLOCK_SIZE);
			}
			this.mapped.clear();
			if (closeDescriptor) {
				this.library.close(this.descriptor);
			}
		}
		catch (LastErrorException ex) {
			throw new HaClusterException("Cannot close " + this.path + ": " + ex.getMessage(), ex);
		}
	}

	private void lock(short type) {
		try (Memory flock = new Memory(SIZEOF_FLOCK)) {
			flock.clear();
			flock.setShort(0, type);
			flock.setLong(8, WRITE_BYTE);
			flock.setLong(16, 1);
			this.library.fcntl(this.descriptor, F_OFD_SETLK, flock);
		}
	}

	private IOException failure(String what, LastErrorException cause) {
		return new IOException("Cannot " + what + " " + this.path + ": " + cause.getMessage(), cause);
	}

	/**
	 * The functions of the C library that this takes.
	 */
	interface CLibrary extends Library {

		int open(String path, int flags) throws LastErrorException;

		int fcntl(int descriptor, int command, Object... arguments) throws LastErrorException;

		long lseek(int descriptor, long offset, int whence) throws LastErrorException;

		int posix_fallocate(int descriptor, long offset, long length);

		Pointer mmap(Pointer address, long length, int protection, int flags, int descriptor, long offset)
				throws LastErrorException;

		int munmap(Pointer address, long length) throws LastErrorException;

		int close(int descriptor) throws LastErrorException;

	}

}
