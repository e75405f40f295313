package org.entente.gateway.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** Makes whole requests; closes the connection of one that is too large. */
final class WholeRequest extends HttpObjectAggregator {
  /**
   * Requests of a size.
   *
   * @param most bytes of a body
   */
  WholeRequest(int most) {
    super(most, true);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a broken connection need not be awaited
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    DefaultFullHttpResponse refusal =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
            Unpooled.EMPTY_BUFFER);
    refusal
        .headers()
        .set(HttpHeaderNames.CONTENT_LENGTH, 0)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    ctx.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
  }
}
