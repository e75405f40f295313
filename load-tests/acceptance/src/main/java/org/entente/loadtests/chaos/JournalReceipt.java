package org.entente.loadtests.chaos;

/**
 * A line of a subscriber's journal: a delivery, repeats included.
 *
 * @param agency whose subscriber it is
 * @param key as the content has it; empty where it has none
 * @param message id in hexadecimal
 * @param position in the agency's ledger
 */
record JournalReceipt(String agency, String key, String message, long position) {}
