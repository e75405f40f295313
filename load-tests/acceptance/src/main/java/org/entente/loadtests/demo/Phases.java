package org.entente.loadtests.demo;

/**
 * Phases of the demonstration.
 *
 * @param rate intended messages per second, except in warm-up and burst
 * @param warmUp exercise messages as fast as each client can; in no count of actual traffic
 * @param steady at that rate
 * @param burst as fast as each client can
 * @param disturbed at that rate, while one gateway was killed and restarted
 * @param outage of that gateway
 */
record Phases(int rate, Phase warmUp, Phase steady, Phase burst, Phase disturbed, Outage outage) {}
