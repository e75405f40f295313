package org.entente.gateway.bridge.format;

/** What one record of an {@code AlertSource} came to: a draft to publish, or why there is none. */
public sealed interface AlertItem permits AlertDraft, BadRecord {

  /** The file as it was named to the source, or its path below the folder that was. */
  String file();

  /** Line on which the record begins, from 1; 0 where the file could not be read at all. */
  int line();
}
