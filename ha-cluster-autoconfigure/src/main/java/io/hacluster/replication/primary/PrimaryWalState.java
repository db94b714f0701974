package io.hacluster.replication.primary;

/**
 * What SQLite's wal-index says: which frames of the write-ahead log are committed. The
 * write-ahead log alone does not tell: a frame that carries a commit counts for SQLite
 * only once the wal-index names it, and one whose writer died in between is overwritten.
 *
 * @param salt1 first salt of the current generation of the log
 * @param salt2 second salt
 * @param frames committed frames in this generation
 * @param pages size of the database in pages after the last of them; 0 if the log has
 * been empty since it was opened
 * @param checksum1 first half of the cumulative checksum of the last of them
 * @param checksum2 second half
 * @param backfilled how many of the frames are in the database file
 */
record PrimaryWalState(int salt1, int salt2, int frames, int pages, int checksum1, int checksum2, int backfilled) {

	boolean sameGeneration(int salt1, int salt2) {
		return this.salt1 == salt1 && this.salt2 == salt2;
	}

}
