package org.entente.gateway.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.JsonLines;
import org.entente.gateway.bridge.format.ProtoValues;
import org.entente.gateway.bridge.format.RecordReadResult;
import org.entente.gateway.bridge.format.SourceRecord;
import org.entente.gateway.cli.text.JsonText;
import org.entente.proto.v1.Draft;

/** How values of records are written: bodies and outcomes to a topic, drafts from one. */
enum RecordFormat {
  /** The bytes of the message of the protos. */
  PROTOBUF,
  /**
   * Its JSON form in UTF-8, with ids in hexadecimal. A draft has at most {@value
   * JsonLines#MAX_LINE_BYTES} bytes.
   */
  JSON;

  private static final String DRAFT = "draft";

  byte[] encode(Message message) {
    return this == PROTOBUF
        ? message.toByteArray()
        : JsonText.of(message).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The draft in a record.
   *
   * @throws DraftFault if the value is none
   */
  Draft decodeDraft(byte[] value) throws DraftFault {
    return this == PROTOBUF ? parsed(value) : read(value);
  }

  private static Draft parsed(byte[] value) throws DraftFault {
    try {
      return Draft.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new DraftFault(DRAFT, "must be an entente.v1.Draft in protobuf: " + e.getMessage());
    }
  }

  private static Draft read(byte[] value) throws DraftFault {
    try (JsonLines lines = new JsonLines(DRAFT, new ByteArrayInputStream(inOneLine(value)))) {
      RecordReadResult read =
          lines.next().orElseThrow(() -> new DraftFault(DRAFT, "is empty; must be a JSON object"));
      if (read instanceof BadRecord bad) {
        throw new DraftFault(bad.field().isEmpty() ? DRAFT : bad.field(), bad.message());
      }
      Draft.Builder draft = Draft.newBuilder();
      ProtoValues.fill(draft, ((SourceRecord) read).fields(), "");
      return draft.build();
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be read", e);
    }
  }

  /** In JSON a line end is nothing but space. */
  private static byte[] inOneLine(byte[] value) {
    byte[] line = value.clone();
    for (int i = 0; i < line.length; i++) {
      line[i] = line[i] == '\n' || line[i] == '\r' ? (byte) ' ' : line[i];
    }
    return line;
  }
}
