package io.hacluster.replication.nats;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

import io.hacluster.replication.ltx.LtxName;

/**
 * The names in an Object Store bucket, as all NATS clients have them (ADR-20). Fences are
 * kept among the chunks, where no lister looks.
 *
 * @param name the bucket
 */
record Bucket(String name) {

	private static final int MAX_ENCODED_NAME = 256;

	private static final String PROBE_PREFIX = "ha-probe-";

	String stream() {
		return "OBJ_" + this.name;
	}

	String everything() {
		return "$O." + this.name + ".>";
	}

	String chunks(String nuid) {
		return chunkPrefix() + nuid;
	}

	String allChunks() {
		return chunkPrefix() + ">";
	}

	String metas() {
		return metaPrefix() + ">";
	}

	String meta(LtxName file) {
		return metaPrefix() + Base64.getUrlEncoder().encodeToString(file.path().getBytes(StandardCharsets.UTF_8));
	}

	String fence() {
		return chunkPrefix() + "ha-fence";
	}

	String probe(String nuid) {
		return chunkPrefix() + PROBE_PREFIX + nuid;
	}

	boolean isProbe(String chunkId) {
		return chunkId.startsWith(PROBE_PREFIX);
	}

	/**
	 * Reads the file that a meta subject names; what others have put into the bucket is
	 * none.
	 */
	Optional<LtxName> file(String subject) {
		String prefix = metaPrefix();
		if (!subject.startsWith(prefix) || subject.length() - prefix.length() > MAX_ENCODED_NAME) {
			return Optional.empty();
		}
		try {
			byte[] name = Base64.getUrlDecoder().decode(subject.substring(prefix.length()));
			return LtxName.parse(new String(name, StandardCharsets.UTF_8));
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

	Optional<String> chunkId(String subject) {
		String prefix = chunkPrefix();
		return subject.startsWith(prefix) ? Optional.of(subject.substring(prefix.length())) : Optional.empty();
	}

	private String chunkPrefix() {
		return "$O." + this.name + ".C.";
	}

	private String metaPrefix() {
		return "$O." + this.name + ".M.";
	}

}
