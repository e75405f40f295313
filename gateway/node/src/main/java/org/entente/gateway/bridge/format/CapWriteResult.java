package org.entente.gateway.bridge.format;

/** The result of writing an alert as CAP. */
public sealed interface CapWriteResult permits CapXml, BadRecord {}
