package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import java.util.Map;
import org.entente.gateway.bridge.format.ProtoValues;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.TrackResponse;
import org.junit.jupiter.api.Test;

/** Messages as JSON: what is printed is what a command takes. */
class JsonTextTest {
  private static final String ID = "0197aabbccddeeff0011223344556677";
  private static final ByteString BYTES = ByteString.fromHex(ID);

  private static final Draft DRAFT =
      Draft.newBuilder()
          .setTo(Addressing.newBuilder().setOperation(BYTES))
          .addDerivedFrom(BYTES)
          .addDerivedFrom(BYTES)
          .setLabel(
              Label.newBuilder().setReferences(BYTES).setOperationRosterHash(BYTES.concat(BYTES)))
          .setBody(Body.newBuilder().setDocument(Document.newBuilder().setContent(BYTES)))
          .build();

  @Test
  void ids_areInHexadecimal_atEachDepth_andContentInBase64() {
    String line = JsonText.of(DRAFT);
    assertTrue(line.contains("\"operation\":\"" + ID + "\""), line);
    assertTrue(line.contains("\"derivedFrom\":[\"" + ID + "\",\"" + ID + "\"]"), line);
    assertTrue(line.contains("\"references\":\"" + ID + "\""), line);
    assertTrue(line.contains("\"content\":\"AZequ8zd7v8AESIzRFVmdw==\""), line);
  }

  @Test
  void messageOfAList_andATime_keepTheirForm() {
    TrackResponse track =
        TrackResponse.newBuilder()
            .addItems(
                EvidenceItem.newBuilder()
                    .setMessageId(BYTES)
                    .setAt(Timestamp.newBuilder().setSeconds(1)))
            .build();
    assertEquals(
        "{\"items\":[{\"messageId\":\"" + ID + "\",\"at\":\"1970-01-01T00:00:01Z\"}]}",
        JsonText.of(track));
  }

  @Test
  void draft_thatIsPrinted_isReadAsItWas() throws Exception {
    for (String text : new String[] {JsonText.of(DRAFT), JsonFormat.printer().print(DRAFT)}) {
      assertEquals(DRAFT, read(text));
    }
  }

  private static Draft read(String text) throws Exception {
    Draft.Builder draft = Draft.newBuilder();
    ProtoValues.fill(draft, new ObjectMapper().readValue(text, Map.class), "");
    return draft.build();
  }

  /** Jackson by itself reads no text above 20 million characters. */
  @Test
  void content_ofTheLargestDocument_isPrinted() {
    ByteString content = ByteString.copyFrom(new byte[16 << 20]);
    assertTrue(
        JsonText.of(Document.newBuilder().setContent(content).build()).length() > 20_000_000);
  }
}
