package io.hacluster.replication.restore;

/**
 * Told how a restore goes on. Must return at once; called by one thread at a time.
 */
public interface RestoreListener {

	/**
	 * A listener that does nothing.
	 */
	RestoreListener NONE = new RestoreListener() {
	};

	/**
	 * It is known what to read. May come again, when a file has been retired or has
	 * turned out to be damaged: then a restore begins anew, and a verification goes on
	 * with what is there instead.
	 * @param files number of files
	 * @param bytes their bytes
	 */
	default void planned(int files, long bytes) {
	}

	/**
	 * More has been read.
	 * @param bytes how much more
	 */
	default void read(long bytes) {
	}

	/**
	 * A file has been read to its end and is good.
	 */
	default void fileDone() {
	}

	/**
	 * Everything has been read, and the database is made durable or checked.
	 */
	default void finishing() {
	}

	/**
	 * A file of the log is damaged, and the restore tries to do without it.
	 * @param message which one, and what is wrong with it
	 */
	default void damaged(String message) {
	}

}
