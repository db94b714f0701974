package io.hacluster.replication.follower;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.ByteSource;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxReader;

/**
 * An LTX file that has been received whole and found sound, before anything of it is
 * applied (Litestream applied corrupt files before it had verified them). Small ones are
 * kept in memory with their pages decoded, the others in a file.
 */
public final class FollowerFile {

	private static final int MEMORY_LIMIT = 2 << 20;

	private static final int PAGES_LIMIT = 16 << 20;

	private final LogEntry entry;

	private final LtxHeader header;

	private final List<Page> pages;

	private final @Nullable Path spool;

	private FollowerFile(LogEntry entry, LtxHeader header, List<Page> pages, @Nullable Path spool) {
		this.entry = entry;
		this.header = header;
		this.pages = pages;
		this.spool = spool;
	}

	/**
	 * Receives and verifies a file.
	 * @param entry what the log says of it
	 * @param content its bytes
	 * @param directory where to keep what is too large for memory
	 * @return the file
	 * @throws LtxFormatException if it is not sound, or is not the one that its name says
	 * @throws IOException if it cannot be read or kept
	 */
	static FollowerFile receive(LogEntry entry, ByteSource content, Path directory) throws IOException {
		if (entry.size() <= MEMORY_LIMIT) {
			List<Page> pages = new ArrayList<>();
			LtxHeader header = readInto(pages, entry, content);
			if (header != null) {
				return new FollowerFile(entry, header, pages, null);
			}
		}
		return keep(entry, content, directory);
	}

	/**
	 * Receives and verifies a file, and keeps it in a file whatever its size.
	 * @param entry what the log says of it
	 * @param content its bytes
	 * @param directory where to keep it
	 * @return the file
	 * @throws LtxFormatException if it is not sound, or is not the one that its name says
	 * @throws IOException if it cannot be read or kept
	 */
	public static FollowerFile keep(LogEntry entry, ByteSource content, Path directory) throws IOException {
		Path spool = Files.createTempFile(directory, "received-", ".ltx");
		try (InputStream in = content.openStream()) {
			Files.copy(in, spool, StandardCopyOption.REPLACE_EXISTING);
			LtxHeader header = LtxReader.verify(Files.newInputStream(spool));
			requireNamed(entry, header);
			return new FollowerFile(entry, header, List.of(), spool);
		}
		catch (IOException | RuntimeException ex) {
			Files.deleteIfExists(spool);
			throw ex;
		}
	}

	private static @Nullable LtxHeader readInto(List<Page> pages, LogEntry entry, ByteSource content)
			throws IOException {
		try (LtxReader reader = new LtxReader(content.openStream())) {
			requireNamed(entry, reader.header());
			long size = 0;
			while (reader.next()) {
				size += reader.page().length;
				if (size > PAGES_LIMIT) {
					return null;
				}
				pages.add(new Page(reader.pgno(), reader.page().clone()));
			}
			return reader.header();
		}
	}

	public LogEntry entry() {
		return this.entry;
	}

	LtxHeader header() {
		return this.header;
	}

	/**
	 * Returns how much memory the file takes.
	 * @return bytes
	 */
	long weight() {
		return 1024 + (long) this.pages.size() * this.header.pageSize();
	}

	/**
	 * Adds all pages to a transaction.
	 * @param transaction the transaction
	 * @throws IOException if one of the two fails
	 */
	void appendTo(ReplicaTransaction transaction) throws IOException {
		if (this.spool == null) {
			for (Page page : this.pages) {
				transaction.append(page.number(), page.content());
			}
			return;
		}
		try (LtxReader reader = new LtxReader(Files.newInputStream(this.spool))) {
			while (reader.next()) {
				transaction.append(reader.pgno(), reader.page());
			}
		}
	}

	/**
	 * Forgets what is kept in a file.
	 */
	public void discard() {
		if (this.spool != null) {
			try {
				Files.deleteIfExists(this.spool);
			}
			catch (IOException ex) {
				// The directory is emptied at the next start
			}
		}
	}

	private static void requireNamed(LogEntry entry, LtxHeader header) {
		if (header.minTxid() != entry.name().minTxid() || header.maxTxid() != entry.name().maxTxid()) {
			throw new LtxFormatException("Not a sound LTX file: it is named " + entry.name().fileName()
					+ " but holds transactions " + header.minTxid() + " to " + header.maxTxid());
		}
	}

	private record Page(long number, byte[] content) {
	}

}
