// The event `sub` with a room enters it and is answered by the event `ok`; `pub` with a room and a text sends the event
// `msg` with the text to everybody in it.
const http = require('node:http').createServer();
const { Server } = require('socket.io');

const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });

server.on('connection', (socket) => {
  socket.on('sub', (room) => {
    socket.join(room);
    socket.emit('ok');
  });
  socket.on('pub', (room, text) => server.to(room).emit('msg', text));
});

http.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096 });
