package io.hacluster.replication.local;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogOffset;

/**
 * The terms of the leaders of a log in a directory, and the fence between them. A leader
 * stages what it publishes in {@code terms/<epoch %016x>/<writer>/} and renames it from
 * there into {@code ltx/}; who takes the log away from it removes that directory. A
 * rename without its source fails, so a process that was stopped at any instruction
 * cannot land anything after it has been fenced; no lock and no clock is involved.
 * <p>
 * Two leaders that fence at the same time: each first makes its own term, then lists. Who
 * made its term first is seen by the other; the lower epoch gives up or is removed.
 */
class LocalTerms {

	private static final Pattern TERM = Pattern.compile("[0-9a-f]{16}");

	private static final String OWNER = "owner";

	private static final String FENCE = "fence";

	private static final String WRITER_PREFIX = "writer-";

	private final LocalDirectory directory;

	LocalTerms(LocalDirectory directory) {
		this.directory = directory;
	}

	/**
	 * Begins or continues a term, and takes away all other writers' staging places.
	 * @return the staging directory of a new writer
	 */
	Path claim(String logId, Epoch epoch, NodeIdentity leader) throws IOException {
		Path terms = this.directory.terms();
		this.directory.makeDirectory(terms);
		removeLeftovers(terms);
		Path term = terms.resolve(name(epoch));
		if (!create(term, new LocalRecord(logId, leader.nodeId(), leader.nonce(), 0))) {
			requireOwner(term, epoch, leader);
		}
		for (Path other : termDirectories()) {
			if (other.getFileName().toString().compareTo(name(epoch)) > 0) {
				LocalDirectory.remove(term, terms);
				throw new FencedException(
						"Epoch " + epoch + " comes too late: the log belongs to epoch " + epoch(other) + " already");
			}
		}
		Path writer = term.resolve(WRITER_PREFIX + UUID.randomUUID());
		makeWriter(writer, epoch);
		for (Path other : termDirectories()) {
			if (other.getFileName().toString().compareTo(name(epoch)) < 0) {
				LocalDirectory.remove(other, terms);
			}
		}
		for (Path other : LocalDirectory.children(term)) {
			if (Files.isDirectory(other) && !other.equals(writer)) {
				LocalDirectory.remove(other, terms);
			}
		}
		return writer;
	}

	/**
	 * Writes down where the fence stands, once nothing older can land any more.
	 */
	Fence complete(Path writer, String logId, Epoch epoch, NodeIdentity leader, LogOffset offset) throws IOException {
		Path staged = writer.resolve(FENCE);
		try {
			new LocalRecord(logId, leader.nodeId(), leader.nonce(), offset.value()).write(staged);
			Files.move(staged, writer.resolveSibling(FENCE), StandardCopyOption.ATOMIC_MOVE);
			this.directory.sync(this.directory.terms().resolve(name(epoch)));
		}
		catch (NoSuchFileException ex) {
			throw overtaken(epoch);
		}
		return new Fence(logId, epoch, leader.nodeId(), leader.nonce(), offset);
	}

	/**
	 * Reads the fence of the greatest term whose leader has completed it.
	 */
	Optional<Fence> current() throws IOException {
		return latest(FENCE);
	}

	/**
	 * Reads who owns the greatest term, completed or not.
	 */
	Optional<Fence> owner() throws IOException {
		return latest(OWNER);
	}

	private Optional<Fence> latest(String file) throws IOException {
		List<Path> directories = termDirectories();
		for (int i = directories.size() - 1; i >= 0; i--) {
			try {
				LocalRecord record = LocalRecord.read(directories.get(i).resolve(file));
				return Optional.of(new Fence(record.logId(), epoch(directories.get(i)), record.node(), record.nonce(),
						new LogOffset(record.offset())));
			}
			catch (NoSuchFileException ex) {
				// being fenced, or removed since the listing
			}
		}
		return Optional.empty();
	}

	private static void removeLeftovers(Path terms) throws IOException {
		for (Path child : LocalDirectory.children(terms)) {
			if (child.getFileName().toString().startsWith(LocalDirectory.REMOVED_PREFIX)) {
				LocalDirectory.removeTree(child);
			}
		}
	}

	/**
	 * Makes a term with its owner in it, or not at all.
	 */
	private boolean create(Path term, LocalRecord owner) throws IOException {
		if (Files.exists(term)) {
			return false;
		}
		Path staged = Files.createDirectory(this.directory.terms().resolve(".new-" + UUID.randomUUID()),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		try {
			owner.write(staged.resolve(OWNER));
			this.directory.sync(staged);
			// rename(2) of a directory replaces only an empty one, and a term never is
			Files.move(staged, term, StandardCopyOption.ATOMIC_MOVE);
			this.directory.sync(this.directory.terms());
			return true;
		}
		catch (DirectoryNotEmptyException | FileAlreadyExistsException ex) {
			LocalDirectory.removeTree(staged);
			return false;
		}
		catch (IOException ex) {
			LocalDirectory.removeTree(staged);
			if (Files.exists(term)) {
				return false;
			}
			throw ex;
		}
	}

	private void requireOwner(Path term, Epoch epoch, NodeIdentity leader) throws IOException {
		try {
			LocalRecord owner = LocalRecord.read(term.resolve(OWNER));
			if (!owner.nonce().equals(leader.nonce())) {
				throw new FencedException(
						"Epoch " + epoch + " of the log belongs to another process (node '" + owner.node() + "')");
			}
		}
		catch (NoSuchFileException ex) {
			throw overtaken(epoch);
		}
	}

	private void makeWriter(Path writer, Epoch epoch) throws IOException {
		try {
			this.directory.makeDirectory(writer);
		}
		catch (NoSuchFileException ex) {
			throw overtaken(epoch);
		}
	}

	private FencedException overtaken(Epoch epoch) {
		return new FencedException("A newer leader has taken the log from epoch " + epoch);
	}

	private List<Path> termDirectories() throws IOException {
		List<Path> terms = new ArrayList<>();
		for (Path child : LocalDirectory.children(this.directory.terms())) {
			if (TERM.matcher(child.getFileName().toString()).matches()) {
				terms.add(child);
			}
		}
		terms.sort(Comparator.comparing((path) -> path.getFileName().toString()));
		return terms;
	}

	private static String name(Epoch epoch) {
		return String.format(Locale.ROOT, "%016x", epoch.value());
	}

	private static Epoch epoch(Path term) throws IOException {
		try {
			return new Epoch(Long.parseLong(term.getFileName().toString(), 16));
		}
		catch (IllegalArgumentException ex) {
			throw new IOException("'" + term + "' is not the directory of a term", ex);
		}
	}

}
