package io.hacluster.samples.lab;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LedgerTests {

	private final Ledger ledger = new Ledger();

	@Test
	void gapWhenOnlyTheFormerLeaderAcknowledgedIsEmpty() {
		this.ledger.acknowledged(1, "node-a", 100);
		this.ledger.acknowledged(2, "node-a", 200);
		assertThat(this.ledger.gap(1, "node-a")).isEmpty();
	}

	@Test
	void gapSpansFromTheLastRowBeforeToTheFirstOfTheSuccessor() {
		this.ledger.acknowledged(1, "node-a", 100);
		this.ledger.acknowledged(2, "node-a", 250);
		this.ledger.acknowledged(7, "node-b", 900);
		this.ledger.acknowledged(8, "node-b", 950);
		assertThat(this.ledger.gap(1, "node-a")).contains(new Ledger.Gap(2, 650));
	}

	@Test
	void gapIgnoresEarlierTermsOfTheSuccessor() {
		this.ledger.acknowledged(1, "node-b", 100);
		this.ledger.acknowledged(2, "node-a", 200);
		this.ledger.acknowledged(3, "node-b", 700);
		assertThat(this.ledger.gap(2, "node-a")).contains(new Ledger.Gap(2, 500));
	}

}
