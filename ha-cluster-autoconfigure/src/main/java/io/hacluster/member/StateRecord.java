package io.hacluster.member;

import java.util.Arrays;

/**
 * A record as a {@link StateStore} has it. What the value says is not to be trusted:
 * whoever may write to the store may have written it.
 */
public final class StateRecord {

	private final String key;

	private final byte[] value;

	private final long revision;

	/**
	 * Creates a record.
	 * @param key its key
	 * @param value its value
	 * @param revision rises with each change of the key while it exists
	 */
	public StateRecord(String key, byte[] value, long revision) {
		this.key = key;
		this.value = value.clone();
		this.revision = revision;
	}

	/**
	 * Returns the key.
	 * @return the key
	 */
	public String key() {
		return this.key;
	}

	/**
	 * Returns the value.
	 * @return a copy of the value
	 */
	public byte[] value() {
		return this.value.clone();
	}

	/**
	 * Returns the revision.
	 * @return rises with each change of the key while it exists
	 */
	public long revision() {
		return this.revision;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof StateRecord record && this.key.equals(record.key) && this.revision == record.revision
				&& Arrays.equals(this.value, record.value);
	}

	@Override
	public int hashCode() {
		return this.key.hashCode() * 31 + Long.hashCode(this.revision);
	}

	@Override
	public String toString() {
		return this.key + "@" + this.revision;
	}

}
