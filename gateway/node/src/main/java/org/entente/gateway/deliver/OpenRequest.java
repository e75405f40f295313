package org.entente.gateway.deliver;

/** A validated request to open a cursor. */
record OpenRequest(
    String client, String cursor, MessageFilter match, int window, int batch, long fromPosition) {}
