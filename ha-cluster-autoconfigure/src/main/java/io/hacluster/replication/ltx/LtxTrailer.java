package io.hacluster.replication.ltx;

/**
 * The end of an LTX file.
 *
 * @param postApplyChecksum rolling checksum of the database with this file applied, zero
 * in a file without checksums
 * @param fileChecksum CRC-64 of the file's logical content, bit 63 set
 */
public record LtxTrailer(long postApplyChecksum, long fileChecksum) {

	static final int SIZE = 16;

}
