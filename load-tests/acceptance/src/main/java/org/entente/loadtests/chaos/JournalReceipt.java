package org.entente.loadtests.chaos;

/**
 * Entry of a subscriber's journal: a delivery, including repeats.
 *
 * @param agency the subscriber's agency
 * @param key the key in the content; empty if there is none
 * @param message id in hexadecimal
 * @param position in the agency's ledger
 */
record JournalReceipt(String agency, String key, String message, long position) {}
