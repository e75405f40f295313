package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.WriteCapRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who may read and write CAP; what comes of it is CapPathTest's. */
class CapServiceTest {
  private static final WriteCapRequest ANY =
      WriteCapRequest.newBuilder()
          .setMessageId(ByteString.copyFrom(new byte[MessageId.SIZE]))
          .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-7").setJustification("case 12/26"))
          .build();

  @AutoClose private final Edge edge = new Edge();
  private ClientServer server;

  @BeforeEach
  void start() throws IOException {
    server = edge.startClients();
  }

  private CapGrpc.CapBlockingStub as(String client) throws IOException {
    return CapGrpc.newBlockingStub(edge.channel(server.address(), edge.client(client)));
  }

  private static String reason(Executable call) {
    return Refusals.of(assertThrows(StatusRuntimeException.class, call)).reason();
  }

  /** Threat 58: reading is a publisher's, writing shows content. */
  @Test
  void client_withoutTheScope_isDenied_andAnotherIsNot() throws IOException {
    ReadCapRequest document = ReadCapRequest.getDefaultInstance();
    CapGrpc.CapBlockingStub publisher = as("publisher");
    CapGrpc.CapBlockingStub engine = as("engine");
    assertEquals("INVALID_FIELD", reason(() -> publisher.readCap(document)));
    assertEquals("SCOPE_MISSING", reason(() -> publisher.writeCap(ANY)));
    assertEquals("SCOPE_MISSING", reason(() -> engine.readCap(document)));
    assertEquals("SCOPE_MISSING", reason(() -> engine.writeCap(ANY)));
    assertEquals("NOT_FOUND", reason(() -> as("all").writeCap(ANY)));
    WriteCapRequest none = WriteCapRequest.getDefaultInstance();
    assertEquals("INVALID_FIELD", reason(() -> as("all").writeCap(none)));
  }
}
