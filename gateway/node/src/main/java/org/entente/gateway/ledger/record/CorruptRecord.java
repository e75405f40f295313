package org.entente.gateway.ledger.record;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import org.entente.gateway.model.ProtoBytes;
import org.jspecify.annotations.Nullable;

/** A record of the ledger cannot be read, because of damage or a defect. */
public final class CorruptRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the table of the record. */
  public CorruptRecord(String table, @Nullable Throwable cause) {
    super("a record of table " + table + " cannot be read", cause);
  }

  /**
   * A message of a table, parsed; throws this if it is none. Its strings of bytes are parts of the
   * value, which must not be modified.
   */
  public static <M extends Message> M parse(Parser<M> parser, byte[] value, String table) {
    try {
      return ProtoBytes.parse(parser, value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord(table, e);
    }
  }
}
