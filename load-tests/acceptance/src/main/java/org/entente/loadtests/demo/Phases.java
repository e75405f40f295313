package org.entente.loadtests.demo;

/**
 * What the demonstration published and when.
 *
 * @param rate messages a second that were asked for, but in warm-up and burst
 * @param warmUp exercise messages as fast as each client may; in no count of actual traffic
 * @param steady at that rate
 * @param burst as fast as each client may
 * @param disturbed at that rate again, while one gateway was killed and restarted
 * @param outage of that gateway
 */
record Phases(int rate, Phase warmUp, Phase steady, Phase burst, Phase disturbed, Outage outage) {}
