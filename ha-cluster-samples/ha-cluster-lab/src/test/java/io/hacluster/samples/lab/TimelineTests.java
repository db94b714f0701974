package io.hacluster.samples.lab;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TimelineTests {

	private final Timeline timeline = new Timeline();

	@Test
	void overlapWhenOneFollowsTheOtherIsNone() {
		this.timeline.began("a", 10);
		this.timeline.ended("a", 20);
		this.timeline.began("b", 25);
		assertThat(this.timeline.overlap(0, 100)).isZero();
		assertThat(this.timeline.holders()).containsExactly("b");
	}

	@Test
	void overlapWhenTwoHoldItIsTheLongestTime() {
		this.timeline.began("a", 10);
		this.timeline.began("b", 15);
		this.timeline.ended("a", 20);
		this.timeline.began("a", 50);
		assertThat(this.timeline.overlap(0, 100)).isEqualTo(Duration.ofNanos(50));
		assertThat(this.timeline.overlap(0, 30)).isEqualTo(Duration.ofNanos(5));
		assertThat(this.timeline.overlap(18, 52)).isEqualTo(Duration.ofNanos(2));
	}

	@Test
	void beganWhenItIsHeldAlreadyIsNoNewTime() {
		this.timeline.began("a", 10);
		this.timeline.began("a", 30);
		this.timeline.ended("a", 40);
		this.timeline.ended("a", 45);
		this.timeline.began("b", 42);
		assertThat(this.timeline.overlap(0, 100)).isZero();
		assertThat(this.timeline.timesBegunSince("a", 0)).isOne();
		assertThat(this.timeline.timesBegunSince("a", 20)).isZero();
	}

}
